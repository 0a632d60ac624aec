package cluster_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/notify"
)

// openBus returns one more replica's bus. The clock of Redis is now, if that is not nil.
func openBus(t testing.TB, url string, now func() time.Time) notify.Bus {
	t.Helper()
	b, err := cluster.OpenBus(cluster.Config{URL: url, Timeout: 10 * time.Second, Now: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if c, is := b.(io.Closer); is {
		t.Cleanup(func() { _ = c.Close() })
	}
	return b
}

// buses opens the buses of several replicas, which share a log.
type buses func(t testing.TB) notify.Bus

func together() buses {
	bus := notify.NewMemory()
	return func(testing.TB) notify.Bus { return bus }
}

// TestBuses has both forms of a notify.Bus pass the same tests, by a pretend clock.
func TestBuses(t *testing.T) {
	redis := redistest.Start(t)
	for name, tt := range map[string]func(*testing.T, buses, string){
		"order": testLogOrder, "again": testToldAgain, "crowd": testToldByMany, "pages": testPages, "whole": testWholeEvents,
		"missing": testMissing, "entries": testMostEntries, "uuids": testMostUUIDs, "subjects": testMostSubjects,
		"old": testOldEntries, "before": testBefore, "accounts": testAccounts, "gone": testPublisherGone,
	} {
		for where, open := range map[string]func() buses{
			"memory": together,
			"redis":  func() buses { return func(t testing.TB) notify.Bus { return openBus(t, redis.URL, time.Now) } },
		} {
			t.Run(name+"/"+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { tt(t, open(), t.Name()) })
			})
		}
	}
}

func happened(n int) notify.Event {
	return notify.Event{
		UUID: fmt.Sprint("uuid-", n), Kind: notify.Number, Subject: fmt.Sprint(n % 7),
		Time: time.Now().UTC().Truncate(time.Millisecond), Body: json.RawMessage(fmt.Sprintf(`{"n":%d}`, n)),
	}
}

// happen has events of those numbers happen.
func happen(from, to int) (events []notify.Event) {
	for n := from; n < to; n++ {
		events = append(events, happened(n))
	}
	return events
}

// publish has all events be new but for those that are known.
func publish(t testing.TB, b notify.Bus, account string, known int, events ...notify.Event) {
	t.Helper()
	if n, err := b.Publish(t.Context(), account, events...); n != len(events)-known || err != nil {
		t.Fatalf("%d of %d events were written, %d are known: %v", n, len(events), known, err)
	}
}

// readPage reads what is not missing.
func readPage(t testing.TB, b notify.Bus, account string, from notify.Position, most int) notify.Page {
	t.Helper()
	p, err := b.Read(t.Context(), account, from, most)
	if err != nil || p.Missing {
		t.Fatalf("%+v, %v", p, err)
	}
	return p
}

// readAll reads all that is kept behind from, in pages.
func readAll(t testing.TB, b notify.Bus, account string, from notify.Position) (all []notify.Entry) {
	t.Helper()
	for {
		p := readPage(t, b, account, from, 999)
		if len(p.Entries) == 0 {
			return all
		}
		all = append(all, p.Entries...)
		from = all[len(all)-1].Position
	}
}

// isMissing says whether what is behind a position is.
func isMissing(t testing.TB, b notify.Bus, account string, from notify.Position) bool {
	t.Helper()
	p, err := b.Read(t.Context(), account, from, 10)
	if err != nil || p.Missing && len(p.Entries) > 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := notify.ParsePosition(p.End.String()); p.Missing && err != nil {
		t.Errorf("a gap would be at %q, which nobody can come back to", p.End)
	}
	return p.Missing
}

// wantNumbers wants the entries to be of the events from up to to, in one era and without a hole.
func wantNumbers(t testing.TB, entries []notify.Entry, from, to int) {
	t.Helper()
	if len(entries) != to-from {
		t.Fatalf("%d entries, want %d", len(entries), to-from)
	}
	for i, e := range entries {
		if e.UUID != fmt.Sprint("uuid-", from+i) || e.Era != entries[0].Era || e.Number != entries[0].Number+uint64(i) {
			t.Fatalf("%s is %s, want uuid-%d", e.Position, e.UUID, from+i)
		}
	}
}

// Entries stand in the order in which they were written, through whichever replica.
func testLogOrder(t *testing.T, open buses, account string) {
	a, b := open(t), open(t)
	for n := range 50 {
		publish(t, []notify.Bus{a, b}[n%2], account, 0, happened(n))
	}
	publish(t, a, account, 0, happen(50, 1000)...)
	all := readAll(t, b, account, notify.Position{})
	wantNumbers(t, all, 0, 1000)
	if all[0].Number != 1 {
		t.Errorf("the first is %s", all[0].Position)
	}
	publish(t, b, account, 0)
}

// What is told again, in one step or later, is not written again: not for a day.
func testToldAgain(t *testing.T, open buses, account string) {
	a, b := open(t), open(t)
	publish(t, a, account, 1, happened(0), happened(1), happened(0))
	publish(t, b, account, 1, happened(1), happened(2))
	publish(t, b, account, 3, happen(0, 3)...)
	wantNumbers(t, readAll(t, a, account, notify.Position{}), 0, 3)
	time.Sleep(notify.UUIDLife - time.Second)
	publish(t, a, account, 3, happen(0, 3)...)
	time.Sleep(2 * time.Second)
	publish(t, a, account, 0, happen(0, 3)...)
	wantNumbers(t, readAll(t, a, account, notify.Position{}), 0, 3)
}

// What is told to several replicas at once is written once.
func testToldByMany(t *testing.T, open buses, account string) {
	var all sync.WaitGroup
	var written atomic.Int32
	for range 8 {
		b := open(t)
		all.Go(func() {
			for n := 0; n < 100; n += 2 {
				got, err := b.Publish(t.Context(), account, happened(n), happened(n+1))
				if err != nil {
					t.Error(err)
				}
				written.Add(int32(got))
			}
		})
	}
	all.Wait()
	if entries := readAll(t, open(t), account, notify.Position{}); written.Load() != 100 || len(entries) != 100 {
		t.Errorf("%d were written, %d are there, want 100", written.Load(), len(entries))
	}
}

func testPages(t *testing.T, open buses, account string) {
	b := open(t)
	if p := readPage(t, b, account, notify.Position{}, 10); len(p.Entries) != 0 {
		t.Errorf("an empty log has %+v", p)
	}
	publish(t, b, account, 0, happen(0, 10)...)
	end := readPage(t, b, account, notify.Position{}, 0)
	if len(end.Entries) != 0 || end.End.Number != 10 {
		t.Errorf("%+v, want the end only", end)
	}
	for _, tt := range []struct{ from, most, first, last int }{
		{0, 3, 0, 3}, {0, 10, 0, 10}, {0, 99, 0, 10}, {9, 5, 9, 10}, {10, 5, 10, 10}, {4, 0, 4, 4}, {4, 1, 4, 5},
	} {
		p := readPage(t, b, account, notify.Position{Era: end.End.Era, Number: uint64(tt.from)}, tt.most)
		wantNumbers(t, p.Entries, tt.first, tt.last)
		if p.End != end.End {
			t.Errorf("the end is %s, want %s", p.End, end.End)
		}
	}
}

// Events come back as they were, whatever is in them.
func testWholeEvents(t *testing.T, open buses, account string) {
	b := open(t)
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	for n, e := range []notify.Event{
		{UUID: "1"},
		{UUID: string(bytes), Kind: notify.Extension, Subject: string(bytes), Body: bytes, Time: time.UnixMicro(1)},
		{UUID: "3", Kind: notify.Gap, Time: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), Body: json.RawMessage(`{"<":"\u003c"}`)},
		{UUID: "4", Time: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), Body: make([]byte, 3<<20)},
		{UUID: "5", Body: make([]byte, 3<<20)},
	} {
		publish(t, b, account, 0, e)
		all := readAll(t, b, account, notify.Position{})
		got := all[len(all)-1]
		if len(all) != n+1 || got.UUID != e.UUID || got.Kind != e.Kind || got.Subject != e.Subject || !got.Time.Equal(e.Time) || string(got.Body) != string(e.Body) || got.Before != nil {
			t.Errorf("%.100v\ncame back as %.100v", e, got)
		}
	}
}

// What is before the log, behind it or in another one is missing.
func testMissing(t *testing.T, open buses, account string) {
	b := open(t)
	unknown := notify.Position{Era: "ABCDEFGH2345", Number: 1}
	if !isMissing(t, b, account, unknown) {
		t.Error("of a log that is not there yet, nothing is missing")
	}
	publish(t, b, account, 0, happen(0, 3)...)
	end := readPage(t, b, account, notify.Position{}, 0).End
	for number, missing := range map[uint64]bool{0: false, 2: false, 3: false, 4: true, 1 << 53: true, math.MaxUint64: true} {
		if isMissing(t, b, account, notify.Position{Era: end.Era, Number: number}) != missing {
			t.Errorf("behind %d of 3: want missing %v", number, missing)
		}
	}
	for _, p := range []notify.Position{unknown, {Era: "", Number: 2}, {Era: "nil", Number: 2}} {
		if !isMissing(t, b, account, p) {
			t.Errorf("behind %q nothing is missing", p)
		}
	}
}

// Of too many entries the first are missing.
func testMostEntries(t *testing.T, open buses, account string) {
	b := open(t)
	publish(t, b, account, 0, happen(0, notify.MostEntries)...)
	publish(t, b, account, 0, happen(notify.MostEntries, notify.MostEntries+5)...)
	all := readAll(t, b, account, notify.Position{})
	wantNumbers(t, all, 5, notify.MostEntries+5)
	for number, missing := range map[uint64]bool{0: true, 4: true, 5: false} {
		if isMissing(t, b, account, notify.Position{Era: all[0].Era, Number: number}) != missing {
			t.Errorf("behind %d: want missing %v", number, missing)
		}
	}
}

// Of too many uuids the first are forgotten.
func testMostUUIDs(t *testing.T, open buses, account string) {
	b := open(t)
	publish(t, b, account, 0, happen(0, notify.MostUUIDs)...)
	publish(t, b, account, 0, happen(notify.MostUUIDs, notify.MostUUIDs+5)...)
	publish(t, b, account, 3, happen(5, 8)...)
	publish(t, b, account, 0, happen(0, 5)...)
}

// Of too many subjects the first are forgotten.
func testMostSubjects(t *testing.T, open buses, account string) {
	b := open(t)
	of := func(n int) notify.Event { e := happened(n); e.Subject = fmt.Sprint("of ", n); return e }
	events := make([]notify.Event, 0, notify.MostEntries+5)
	for n := range cap(events) {
		events = append(events, of(n))
	}
	publish(t, b, account, 0, events...)
	end := readPage(t, b, account, notify.Position{}, 0).End
	for n, known := range map[int]bool{4: false, 100: true, notify.MostEntries + 4: true} {
		e := happened(notify.MostEntries + 1000 + n)
		e.Subject = fmt.Sprint("of ", n)
		publish(t, b, account, 0, e)
		p := readPage(t, b, account, end, 1)
		if end = p.End; (string(p.Entries[0].Before) == string(happened(n).Body)) != known {
			t.Errorf("before subject %d there was %q, want known %v", n, p.Entries[0].Before, known)
		}
	}
}

// Entries that are too old are missing, and the log goes on in its era.
func testOldEntries(t *testing.T, open buses, account string) {
	b := open(t)
	publish(t, b, account, 0, happen(0, 300)...)
	era := readPage(t, b, account, notify.Position{}, 0).End.Era
	time.Sleep(notify.EntryLife - time.Second)
	publish(t, b, account, 0, happen(300, 301)...)
	wantNumbers(t, readAll(t, b, account, notify.Position{}), 0, 301)
	time.Sleep(2 * time.Second)
	for range 2 {
		wantNumbers(t, readAll(t, b, account, notify.Position{}), 300, 301)
		if !isMissing(t, b, account, notify.Position{Era: era, Number: 299}) || isMissing(t, b, account, notify.Position{Era: era, Number: 300}) {
			t.Error("want what is before the 301st to be missing, and no more")
		}
		publish(t, b, account, 0)
	}
	time.Sleep(notify.EntryLife)
	if isMissing(t, b, account, notify.Position{Era: era, Number: 301}) {
		t.Error("who has read all misses something")
	}
	publish(t, b, account, 0, happened(302))
	if p := readPage(t, b, account, notify.Position{Era: era, Number: 301}, 9); p.End != (notify.Position{Era: era, Number: 302}) || p.Entries[0].Before != nil {
		t.Errorf("%+v: want the 302nd entry of the same era, and nothing known before", p)
	}
}

// An entry says what was last said of the same subject.
func testBefore(t *testing.T, open buses, account string) {
	a, b := open(t), open(t)
	publish(t, a, account, 0, happen(0, 20)...)
	publish(t, b, account, 20, happen(0, 20)...)
	publish(t, b, account, 0, happen(20, 30)...)
	for n, e := range readAll(t, a, account, notify.Position{}) {
		want := ""
		if n >= 7 {
			want = string(happened(n - 7).Body)
		}
		if string(e.Before) != want {
			t.Errorf("before %d there was %q, want %q", n, e.Before, want)
		}
	}
	publish(t, a, account, 0, notify.Event{UUID: "a", Body: json.RawMessage("1")}, notify.Event{UUID: "b", Body: json.RawMessage("2")})
	if p := readPage(t, b, account, readAll(t, b, account, notify.Position{})[30].Position, 1); p.Entries[0].Before != nil {
		t.Errorf("what is about nothing has %s before", p.Entries[0].Before)
	}
}

func testAccounts(t *testing.T, open buses, account string) {
	b := open(t)
	publish(t, b, account, 0, happen(0, 5)...)
	publish(t, b, account+"2", 0, happen(3, 9)...)
	all := readAll(t, b, account+"2", notify.Position{})
	wantNumbers(t, all, 3, 9)
	wantNumbers(t, readAll(t, b, account, notify.Position{}), 0, 5)
	if !isMissing(t, b, account, all[0].Position) {
		t.Error("two accounts have one era")
	}
}

// Who has left gets an error, and changes nothing.
func testPublisherGone(t *testing.T, open buses, account string) {
	b := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := b.Publish(ctx, account, happened(0)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := b.Read(ctx, account, notify.Position{}, 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if all := readAll(t, b, account, notify.Position{}); len(all) > 0 {
		t.Errorf("%+v", all)
	}
}
