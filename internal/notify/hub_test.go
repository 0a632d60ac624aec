package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func happened(n int) Event {
	return Event{UUID: fmt.Sprint("uuid-", n), Kind: Number, Subject: fmt.Sprint(n % 7), Time: time.Now(), Body: json.RawMessage(fmt.Sprintf(`{"n":%d}`, n))}
}

func publish(t *testing.T, bus Bus, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if _, err := bus.Publish(t.Context(), "1", happened(n)); err != nil {
			t.Fatal(err)
		}
	}
}

func newTestHub(t *testing.T) (*Hub, *Memory) {
	bus := NewMemory()
	h := newHub(bus, slog.New(slog.DiscardHandler), func(string, *Entry) {})
	t.Cleanup(h.close)
	return h, bus
}

func reader(t *testing.T, h *Hub, after string) *Reader {
	t.Helper()
	r, err := h.newReader(t.Context(), "1", after, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// next returns the next entry, which has to be there at once.
func next(t *testing.T, r *Reader) *Entry {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	e, err := r.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Whoever reads along gets each entry once, in order, however it is called back and forth.
func TestReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, bus := newTestHub(t)
		publish(t, bus, 0, 3)
		early := reader(t, h, "")
		publish(t, bus, 3, 503)
		publish(t, bus, 400, 410) // told again
		synctest.Wait()
		late := reader(t, h, "")
		publish(t, bus, 503, 510)
		var last string
		for n := 3; n < 510; n++ {
			e := next(t, early)
			if e.UUID != fmt.Sprint("uuid-", n) {
				t.Fatalf("%s, want %d", e.UUID, n)
			}
			if n == 100 {
				last = e.String()
			}
		}
		for n := 503; n < 510; n++ {
			if e := next(t, late); e.UUID != fmt.Sprint("uuid-", n) || string(e.Before) != fmt.Sprintf(`{"n":%d}`, n-7) {
				t.Fatalf("%s after %s, want %d", e.UUID, e.Before, n)
			}
		}
		back := reader(t, h, last)
		publish(t, bus, 510, 512)
		for n := 101; n < 512; n++ {
			if e := next(t, back); e.UUID != fmt.Sprint("uuid-", n) {
				t.Fatalf("%s, want %d", e.UUID, n)
			}
		}
	})
}

// Who does not read is cut off, and can come back with the last id.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, bus := newTestHub(t)
		publish(t, bus, 0, 1)
		slow := reader(t, h, "")
		publish(t, bus, 1, 2)
		last := next(t, slow).String()
		for n := 2; n < 2+mostHeld+1; n++ {
			publish(t, bus, n, n+1)
			synctest.Wait()
		}
		if e, err := slow.Next(t.Context()); !errors.Is(err, ErrSlow) {
			t.Fatalf("got %v, %v", e, err)
		}
		back := reader(t, h, last)
		for n := 2; n < 2+mostHeld+1; n++ {
			if e := next(t, back); e.UUID != fmt.Sprint("uuid-", n) {
				t.Fatalf("%s, want %d", e.UUID, n)
			}
		}
	})
}

// Where entries are not kept any more, a gap stands in their place.
func TestGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, bus := newTestHub(t)
		publish(t, bus, 0, 1)
		first := reader(t, h, "")
		publish(t, bus, 1, 2)
		old := next(t, first).String()
		publish(t, bus, 2, MostEntries+3)
		for i, after := range []string{old, "ABCDEFGH2345-1"} {
			r := reader(t, h, after)
			if e := next(t, r); e.Reason() != TooOld {
				t.Fatalf("after %s: %+v", after, e)
			}
			publish(t, bus, MostEntries+10+i, MostEntries+11+i)
			if e := next(t, r); e.Kind != Number {
				t.Fatalf("then %+v", e)
			}
		}
		for _, after := range []string{"x", "-1", "ABC-", "ABC-01", "abc-1", "ABC-18446744073709551616"} {
			if _, err := h.newReader(t.Context(), "1", after, nil); !errors.Is(err, ErrAfter) {
				t.Errorf("after %q: %v", after, err)
			}
		}
	})
}

// A subscriber who may not read any more is told nothing more.
func TestChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, bus := newTestHub(t)
		gone := errors.New("gone")
		var may error
		r, err := h.newReader(t.Context(), "1", "", func(context.Context) error { return may })
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		time.Sleep(3 * recheck)
		publish(t, bus, 0, 1)
		next(t, r)
		may = gone
		start := time.Now()
		if _, err := r.Next(t.Context()); !errors.Is(err, gone) || time.Since(start) > recheck+time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// failing is a bus that cannot be read for a while.
type failing struct {
	*Memory
	until atomic.Pointer[time.Time]
}

func (f *failing) Read(ctx context.Context, account string, from Position, most int) (Page, error) {
	if until := f.until.Load(); until != nil && time.Now().Before(*until) {
		return Page{}, errors.New("away")
	}
	return f.Memory.Read(ctx, account, from, most)
}

// A log that cannot be read for a while is waited for, by those who read along and those who
// come back.
func TestBusAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := &failing{Memory: NewMemory()}
		h := newHub(bus, slog.New(slog.DiscardHandler), func(string, *Entry) {})
		defer h.close()
		publish(t, bus, 0, 1)
		along := reader(t, h, "")
		publish(t, bus, 1, 2)
		first := next(t, along).String()
		for n := 2; n < 3*mostHeld; n++ {
			publish(t, bus, n, n+1)
			next(t, along)
		}
		until := time.Now().Add(time.Minute)
		bus.until.Store(&until)
		back := reader(t, h, first)
		publish(t, bus, 3*mostHeld, 3*mostHeld+1)
		for _, c := range []struct {
			r    *Reader
			want int
		}{{back, 2}, {along, 3 * mostHeld}} {
			e, err := c.r.Next(t.Context())
			if err != nil || e.UUID != fmt.Sprint("uuid-", c.want) {
				t.Errorf("got %v, %v, want %d", e, err, c.want)
			}
		}
	})
}
