package cluster_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/notify"
)

// A log that was lost is another one when it begins again, whatever is asked first.
func TestRedisIsEmptied(t *testing.T) {
	server := redistest.Start(t)
	rdb := server.Client()
	b := openBus(t, server.URL, nil)
	for _, write := range []bool{true, false} {
		publish(t, b, "1", 0, happen(0, 5)...)
		end := readPage(t, b, "1", notify.Position{}, 0).End
		if err := rdb.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if write {
			publish(t, b, "1", 0, happen(0, 7)...)
		}
		if !isMissing(t, b, "1", end) || isMissing(t, b, "1", notify.Position{}) {
			t.Errorf("nothing is missing behind %s, of a log that was lost", end)
		}
		if now := readPage(t, b, "1", notify.Position{}, 0).End; now.Era == end.Era {
			t.Errorf("it has the era %s still", now.Era)
		}
		if err := rdb.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// Who read a log that was empty then is told that something was lost with it.
func TestRedisIsEmptiedEarly(t *testing.T) {
	server := redistest.Start(t)
	b := openBus(t, server.URL, nil)
	end := readPage(t, b, "1", notify.Position{}, 0).End
	publish(t, b, "1", 0, happen(0, 5)...)
	if err := server.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if !isMissing(t, b, "1", end) {
		t.Errorf("nothing is missing behind %s", end)
	}
}

// Redis evicts keys though it should not: what is left of a log is not taken for all of it.
func TestRedisEvicts(t *testing.T) {
	server := redistest.Start(t)
	rdb := server.Client()
	b := openBus(t, server.URL, nil)
	for n, which := range []string{"head", "log", "uuids", "last", "ages"} {
		publish(t, b, "1", 0, happen(10*n, 10*n+5)...)
		end := readPage(t, b, "1", notify.Position{}, 0).End
		behind := notify.Position{Era: end.Era, Number: end.Number - 3}
		if isMissing(t, b, "1", behind) {
			t.Fatalf("behind %s there is nothing", behind)
		}
		keys, err := rdb.Keys(t.Context(), "*:"+which).Result()
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		if err := rdb.Del(t.Context(), keys...).Err(); err != nil {
			t.Fatal(err)
		}
		if lost := which == "head" || which == "log"; isMissing(t, b, "1", behind) != lost {
			t.Errorf("without the %s: want missing %v", which, lost)
		}
		end = readPage(t, b, "1", notify.Position{}, 0).End
		publish(t, b, "1", 0, happen(10*n+5, 10*n+8)...)
		wantNumbers(t, readAll(t, b, "1", end), 10*n+5, 10*n+8)
	}
}

// Redis is started anew with what it had on its disk, which is not the last: that is seen
// though the log has grown past that since.
func TestRedisIsRestored(t *testing.T) {
	server := redistest.Start(t)
	b := openBus(t, server.URL, nil)
	publish(t, b, "1", 0, happen(0, 5)...)
	disk := dump(t, server.Client())
	publish(t, b, "1", 0, happen(5, 7)...)
	end := readPage(t, b, "1", notify.Position{}, 0).End
	server.Stop()
	server.Restart()
	rdb := server.Client()
	for key, value := range disk {
		if err := rdb.Restore(t.Context(), key, time.Hour, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "Redis is not found again", func() bool { _, err := b.Read(t.Context(), "1", end, 1); return err == nil })
	publish(t, b, "1", 5, happened(1), happened(2), happened(3), happened(4), happened(0), happened(10), happened(11), happened(12))
	if !isMissing(t, b, "1", end) {
		t.Errorf("nothing is missing behind %s", end)
	}
	if all := readAll(t, b, "1", notify.Position{}); len(all) != 8 || all[7].Number != 8 {
		t.Errorf("%d entries are left", len(all))
	}
}

// dump returns what is in Redis.
func dump(t *testing.T, rdb *redis.Client) map[string]string {
	t.Helper()
	keys, err := rdb.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, key := range keys {
		if all[key], err = rdb.Dump(t.Context(), key).Result(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// No name of a key shows whose it is, each expires, and those of an account are in one slot.
func TestNamesOfEvents(t *testing.T) {
	server := redistest.Start(t)
	rdb := server.Client()
	publish(t, openBus(t, server.URL, nil), "4711471147", 0, happened(1))
	slots := map[int64]bool{}
	all := dump(t, rdb)
	for key := range all {
		life, err := rdb.TTL(t.Context(), key).Result()
		if err != nil || strings.Contains(key, "4711") || life < notify.EntryLife-time.Minute || life > 31*24*time.Hour {
			t.Errorf("%s lives %s, %v", key, life, err)
		}
		if !strings.HasPrefix(key, "ringql:events:{") || strings.Index(key, "}") != len("ringql:events:{")+32 {
			t.Errorf("%s has no hash tag", key)
		}
		slots[rdb.ClusterKeySlot(t.Context(), key).Val()] = true
	}
	if len(all) != 5 {
		t.Errorf("%d keys", len(all))
	}
}

// A Redis without memory has nothing done by halves: what it refused is written later.
func TestRedisIsFull(t *testing.T) {
	server := redistest.Start(t)
	rdb := server.Client()
	b := openBus(t, server.URL, nil)
	publish(t, b, "1", 0, happen(0, 3)...)
	for _, account := range []string{"1", "2"} {
		for _, most := range []string{"1", "0"} {
			if err := rdb.ConfigSet(t.Context(), "maxmemory", most).Err(); err != nil {
				t.Fatal(err)
			}
			if most == "0" {
				break
			}
			if n, err := b.Publish(t.Context(), account, happen(3, 9)...); n != 0 || err == nil || errors.Is(err, cluster.ErrAway) {
				t.Errorf("%d were written to a full Redis, %v", n, err)
			}
		}
		eventually(t, "Redis is not tried again", func() bool { _, err := b.Read(t.Context(), "x", notify.Position{}, 1); return err == nil })
		publish(t, b, account, 0, happen(3, 9)...)
	}
	wantNumbers(t, readAll(t, b, "1", notify.Position{}), 0, 9)
}

// Nothing depends on bells: one that does not ring is made up for when the connection is made
// again, and after a silence.
func TestBellIsNotHeard(t *testing.T) {
	t.Parallel() // it waits for the silence
	server := redistest.Start(t)
	rdb := server.Client()
	b := openBus(t, server.URL, nil)
	if err := rdb.Do(t.Context(), "ACL", "SETUSER", "default", "-publish", "-info").Err(); err != nil {
		t.Fatal(err)
	}
	r := subscribe(t, newEvents(t, b), "1", "")
	listening(t, rdb)
	if err := rdb.Do(t.Context(), "CLIENT", "KILL", "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	publish(t, b, "1", 0, happened(1))
	take(t, r, "uuid-1")
	listening(t, rdb)
	publish(t, b, "1", 0, happened(2))
	start := time.Now()
	take(t, r, "uuid-2")
	if took := time.Since(start); took > 12*time.Second {
		t.Errorf("told after %s", took)
	}
}

// listening waits until a replica listens for bells, and has rung all for that.
func listening(t *testing.T, rdb *redis.Client) {
	t.Helper()
	eventually(t, "nobody listens", func() bool {
		n, err := rdb.PubSubNumSub(t.Context(), "ringql:events").Result()
		return err == nil && n["ringql:events"] == 1
	})
	time.Sleep(100 * time.Millisecond)
}

// A Redis that is away is an error at once, for a crowd as well; once it is back it is asked
// again.
func TestEventsWhileRedisHangs(t *testing.T) {
	server := redistest.Start(t)
	b, err := cluster.OpenBus(cluster.Config{URL: server.URL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.(*cluster.Bus).Close() }()
	publish(t, b, "1", 0, happened(0))
	resume := server.Hang()
	start := time.Now()
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			if _, err := b.Publish(t.Context(), "1", happened(n)); err == nil {
				t.Error("a Redis that hangs has written something")
			}
			if _, err := b.Read(t.Context(), "1", notify.Position{}, 1); err == nil {
				t.Error("a Redis that hangs has been read")
			}
		})
	}
	all.Wait()
	if took := time.Since(start); took > time.Second {
		t.Errorf("100 waited %s for a Redis that was known to be away", took)
	}
	resume()
	eventually(t, "Redis is not found again", func() bool { _, err := b.Publish(t.Context(), "1", happen(0, 100)...); return err == nil })
	if entries := readAll(t, b, "1", notify.Position{}); len(entries) != 100 {
		t.Errorf("%d entries, want 100: each event once, whether or not it had been written", len(entries))
	}
}

// BenchmarkBus says how many events are written and read in a second, and how much of Redis
// they fill: of 1 kB, each about one of a thousand subjects.
func BenchmarkBus(b *testing.B) {
	server := redistest.Start(b)
	rdb := server.Client()
	body := fmt.Appendf(nil, `{"filler":%q}`, strings.Repeat("x", 1000))
	event := func(n int) notify.Event {
		return notify.Event{UUID: fmt.Sprintf("00000000-0000-0000-0000-%012d", n), Kind: notify.Number, Subject: fmt.Sprint(n % 1000), Time: time.Now(), Body: body}
	}
	for where, open := range map[string]buses{
		"memory": together(),
		"redis":  func(t testing.TB) notify.Bus { return openBus(t, server.URL, nil) },
	} {
		b.Run("publish/"+where, func(b *testing.B) {
			bus := open(b)
			rdb.FlushAll(b.Context())
			empty := used(b, rdb)
			n := 0
			for b.Loop() {
				n++
				if _, err := bus.Publish(b.Context(), b.Name(), event(n)); err != nil {
					b.Fatal(err)
				}
			}
			if where == "redis" {
				b.ReportMetric(float64(used(b, rdb)-empty)/float64(min(n, notify.MostEntries)), "redisB/event")
			}
		})
		b.Run("read200/"+where, func(b *testing.B) {
			bus := open(b)
			for n := range 200 {
				if _, err := bus.Publish(b.Context(), b.Name(), event(n)); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if p, err := bus.Read(b.Context(), b.Name(), notify.Position{}, 200); err != nil || len(p.Entries) != 200 {
					b.Fatal(len(p.Entries), err)
				}
			}
		})
	}
}

// used is how much memory Redis uses for what it holds.
func used(b *testing.B, rdb *redis.Client) (n int64) {
	b.Helper()
	for line := range strings.Lines(rdb.Info(b.Context(), "memory").Val()) {
		if _, err := fmt.Sscanf(line, "used_memory:%d", &n); err == nil {
			return n
		}
	}
	b.Fatal("Redis does not say")
	return 0
}
