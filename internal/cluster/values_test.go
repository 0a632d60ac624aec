package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
)

func openValues(t *testing.T, url string) *cluster.Values {
	t.Helper()
	v, err := cluster.OpenValues(cluster.Config{URL: url, Timeout: time.Second, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

// TestValues has every auth.Store pass the same tests.
func TestValues(t *testing.T) {
	redis := redistest.Start(t)
	stores := map[string]func(t *testing.T) auth.Store{
		"memory": func(*testing.T) auth.Store { return auth.NewMemory() },
		"file": func(t *testing.T) auth.Store {
			f, err := auth.OpenFile(filepath.Join(t.TempDir(), "sessions"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = f.Close() })
			return f
		},
		"redis": func(t *testing.T) auth.Store { return openValues(t, redis.URL) },
	}
	for where, open := range stores {
		for name, tt := range map[string]func(*testing.T, auth.Store, string){
			"swap": testSwap, "life": testLife, "bytes": testBytes, "race": testRace, "apart": testApart, "gone": testGone,
		} {
			t.Run(where+"/"+name, func(t *testing.T) { tt(t, open(t), t.Name()) })
		}
	}
}

// swap swaps values that are texts; "" is none.
func swap(t *testing.T, s auth.Store, key, old, value string, life time.Duration) bool {
	t.Helper()
	done, err := s.Swap(t.Context(), key, []byte(old), []byte(value), life)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func load(t *testing.T, s auth.Store, key string) string {
	t.Helper()
	v, err := s.Load(t.Context(), key)
	if err != nil || v != nil && len(v) == 0 {
		t.Fatal(v, err)
	}
	return string(v)
}

// A value is replaced, and taken away, only by who knows it.
func testSwap(t *testing.T, s auth.Store, key string) {
	for i, step := range []struct {
		old, value string
		done       bool
		now        string
	}{
		{"x", "a", false, ""},
		{"x", "", false, ""},
		{"", "", true, ""},
		{"", "a", true, "a"},
		{"", "b", false, "a"},
		{"", "", false, "a"},
		{"b", "c", false, "a"},
		{"b", "", false, "a"},
		{"a", "b", true, "b"},
		{"a", "", false, "b"},
		{"b", "", true, ""},
		{"b", "c", false, ""},
		{"", "d", true, "d"},
	} {
		if done := swap(t, s, key, step.old, step.value, time.Minute); done != step.done || load(t, s, key) != step.now {
			t.Errorf("step %d: %v, now %q", i, done, load(t, s, key))
		}
	}
}

// What has expired is as good as none; another value has a life of its own.
func testLife(t *testing.T, s auth.Store, key string) {
	swap(t, s, key, "", "short", 50*time.Millisecond)
	swap(t, s, key+"2", "", "short", 50*time.Millisecond)
	swap(t, s, key+"2", "short", "long", time.Minute)
	time.Sleep(100 * time.Millisecond)
	if v := load(t, s, key); v != "" {
		t.Errorf("%q outlived its life", v)
	}
	if swap(t, s, key, "short", "x", time.Minute) || !swap(t, s, key, "", "next", time.Minute) {
		t.Error("what has expired still stands in the way")
	}
	if v := load(t, s, key+"2"); v != "long" {
		t.Errorf("%q, want the longer life", v)
	}
}

// Values are bytes of any kind.
func testBytes(t *testing.T, s auth.Store, key string) {
	value := make([]byte, 70_000)
	for i := range value {
		value[i] = byte(i)
	}
	if done, err := s.Swap(t.Context(), key, nil, value, time.Minute); !done || err != nil {
		t.Fatal(done, err)
	}
	if got, err := s.Load(t.Context(), key); !bytes.Equal(got, value) || err != nil {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	value[5]++
	if done, err := s.Swap(t.Context(), key, value, []byte("x"), time.Minute); done || err != nil {
		t.Errorf("a value that differs in a bit was taken for it: %v", err)
	}
}

// Of many who swap the same value, one does.
func testRace(t *testing.T, s auth.Store, key string) {
	for round := range 10 {
		old := ""
		if round > 0 {
			old = fmt.Sprint(round)
		}
		var won atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if done, err := s.Swap(t.Context(), key, []byte(old), []byte(fmt.Sprint(round+1)), time.Minute); err != nil {
					t.Error(err)
				} else if done {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d won", round, won.Load())
		}
	}
}

func testApart(t *testing.T, s auth.Store, key string) {
	swap(t, s, key, "", "a", time.Minute)
	swap(t, s, key+"2", "", "b", time.Minute)
	swap(t, s, key, "a", "", 0)
	if v := load(t, s, key+"2"); v != "b" {
		t.Errorf("%q: one value took another with it", v)
	}
}

// Who has left gets an error, and changes nothing.
func testGone(t *testing.T, s auth.Store, key string) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if done, err := s.Swap(ctx, key, nil, []byte("a"), time.Minute); done || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", done, err)
	}
	if _, err := s.Load(ctx, key); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if v := load(t, s, key); v != "" {
		t.Errorf("%q", v)
	}
}

// A Redis that is away is an error at once, not a wait; once it is back it is asked again.
func TestValuesWhileRedisIsAway(t *testing.T) {
	redis := redistest.Start(t)
	v := openValues(t, redis.URL)
	swap(t, v, "k", "", "a", time.Minute)
	resume := redis.Hang()
	if _, err := v.Load(t.Context(), "k"); err == nil {
		t.Error("a Redis that hangs answered")
	}
	start := time.Now()
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if _, err := v.Load(t.Context(), "k"); err == nil {
				t.Error("a Redis that hangs answered")
			}
		})
	}
	all.Wait()
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("200 waited %s for a Redis that was known to be away", took)
	}
	resume()
	time.Sleep(1100 * time.Millisecond)
	if got := load(t, v, "k"); got != "a" {
		t.Errorf("%q after it came back", got)
	}
}

// That Redis is away, and back, is said once each.
func TestRedisAwayIsSaidOnce(t *testing.T) {
	redis := redistest.Start(t)
	var said log
	v, err := cluster.OpenValues(cluster.Config{URL: redis.URL, Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = v.Close() }()
	redis.Stop()
	for range 3 {
		if _, err := v.Load(t.Context(), "k"); err == nil {
			t.Fatal("a Redis that was stopped answered")
		}
	}
	redis.Restart()
	eventually(t, "Redis is not found again", func() bool { _, err := v.Load(t.Context(), "k"); return err == nil })
	if s := said.String(); strings.Count(s, "Redis is away") != 1 || strings.Count(s, "Redis is back") != 1 {
		t.Errorf("said %s", s)
	}
}
