package budget

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestLimitSlides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		for i := range 10 {
			if err := g.Spend("a", Heavy); err != nil {
				t.Fatalf("call %d: %v", i+1, err)
			}
			time.Sleep(time.Second)
		}
		var refusal *Error
		if err := g.Spend("a", Heavy); !errors.As(err, &refusal) || !errors.Is(err, ErrExhausted) {
			t.Fatalf("call 11: %v, want a refusal", err)
		}
		if refusal.RetryAfter != 50*time.Second {
			t.Errorf("told to wait %s, want 50s: the first call leaves the window then", refusal.RetryAfter)
		}
		if g.Left("a", Heavy) != 0 || g.Left("b", Heavy) != 10 || g.Left("a", Light) != 50 {
			t.Error("people or groups share a budget")
		}
		time.Sleep(refusal.RetryAfter)
		if err := g.Spend("a", Heavy); err != nil {
			t.Errorf("after waiting as told: %v", err)
		}
		if err := g.Spend("a", Heavy); err == nil {
			t.Error("two calls fit where one has left the window")
		}
	})
}

func TestHeadersOutrankTheCount(t *testing.T) {
	g := NewGate()
	g.Learn("a", Light, "op", http.StatusOK, header("X-Rate-Limit-Group", "Light", "X-Rate-Limit-Limit", "20", "X-Rate-Limit-Remaining", "3", "X-Rate-Limit-Window", "30"))
	if got := g.Left("a", Light); got != 2 {
		t.Errorf("%d left, want the 3 of the header less one for the next call of the other program", got)
	}
	g.Learn("a", Light, "op", http.StatusOK, header("X-Rate-Limit-Remaining", "19"))
	if got := g.Left("a", Light); got != 2 {
		t.Errorf("%d left: an older answer gave calls back", got)
	}
	g.Learn("a", Light, "op", http.StatusOK, header("X-Rate-Limit-Group", "medium", "X-Rate-Limit-Limit", "5", "X-Rate-Limit-Remaining", "0"))
	if g.Left("a", Medium) != 0 {
		t.Error("the header names the group that paid")
	}
}

func TestHostileHeaders(t *testing.T) {
	g := NewGate()
	for _, h := range []http.Header{
		header("X-Rate-Limit-Limit", "-5", "X-Rate-Limit-Remaining", "-1000000000", "X-Rate-Limit-Window", "-1"),
		header("X-Rate-Limit-Limit", "2000000000", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Window", "999999999999"),
		header("X-Rate-Limit-Limit", "x", "X-Rate-Limit-Remaining", "", "X-Rate-Limit-Window", "1e9"),
	} {
		g.Learn("a", Light, "op", http.StatusOK, h)
	}
	if n := len(book(t, g, "a", Light).Others); n > 1 {
		t.Errorf("headers made the gate hold %d entries", n)
	}
	if w := wait(g, "a", Light); w > defaultWindow {
		t.Errorf("a header closed the group for %s", w)
	}
}

func TestPenalty(t *testing.T) {
	for _, tt := range []struct {
		header http.Header
		closed time.Duration
	}{
		{header("Retry-After", "60"), 61 * time.Second},
		{header(), 31 * time.Second},
		{header("Retry-After", "soon"), 31 * time.Second},
		{header("Retry-After", "-1"), 31 * time.Second},
		{header("Retry-After", "99999999"), longest + time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := NewGate()
			g.Learn("a", Medium, "op", http.StatusTooManyRequests, tt.header)
			if wait(g, "a", Medium) != tt.closed || g.Left("a", Medium) != 0 {
				t.Errorf("%v closes for %s, want %s", tt.header, wait(g, "a", Medium), tt.closed)
			}
			time.Sleep(tt.closed - time.Millisecond)
			if err := g.Spend("a", Medium); err == nil {
				t.Errorf("%v: sent into the penalty", tt.header)
			}
			time.Sleep(time.Millisecond)
			if err := g.Spend("a", Medium); err != nil {
				t.Errorf("%v: %v after the penalty", tt.header, err)
			}
		})
	}
}

func TestTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		base := roundTripper(func(*http.Request) (*http.Response, error) {
			sent++
			return &http.Response{StatusCode: http.StatusTooManyRequests, Header: header("X-Rate-Limit-Group", "heavy", "Retry-After", "60"), Body: http.NoBody}, nil
		})
		link := Transport(NewGate(), func(context.Context) string { return "a" })(base)
		send := func(g Group) (*closing, error) {
			body := &closing{Reader: strings.NewReader("x")}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			req, _ := http.NewRequestWithContext(With(ctx, g, "op"), http.MethodPost, "http://upstream", body)
			_, err := link.RoundTrip(req)
			return body, err
		}
		if _, err := send(Heavy); err != nil || sent != 1 {
			t.Fatalf("first call: %v, %d sent", err, sent)
		}
		body, err := send(Heavy)
		if !errors.Is(err, ErrExhausted) || sent != 1 || !body.closed {
			t.Errorf("in the penalty: %v, %d sent, body closed: %v", err, sent, body.closed)
		}
		if _, err = send(""); err != nil || sent != 2 {
			t.Errorf("a call of no group: %v, %d sent", err, sent)
		}
		if _, err = send(Light); err != nil || sent != 3 {
			t.Errorf("another group: %v, %d sent", err, sent)
		}
	})
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// A call that need not wait: booked, and its answer learned.
func BenchmarkGrant(b *testing.B) {
	g := NewGate()
	h := header("X-Rate-Limit-Group", "light", "X-Rate-Limit-Limit", "50", "X-Rate-Limit-Remaining", "49", "X-Rate-Limit-Window", "60")
	key := g.key("a", Light)
	b.ReportAllocs()
	for b.Loop() {
		booked, err := g.turn(b.Context(), key)
		if err != nil {
			b.Fatal(err)
		}
		g.learn(b.Context(), "a", answer{group: Light, operation: "op", booked: booked, sent: booked, status: http.StatusOK, header: h})
		_ = g.update(b.Context(), key, func(_ time.Time, b *Book) { b.Ours = b.Ours[:0] })
	}
}

// As above, with as many calls in the window as the vendor's largest limit allows.
func BenchmarkGrantInFullWindow(b *testing.B) {
	var book Book
	book.ready(at(0), 50, 0)
	start := time.Now()
	for i := range 49 {
		book.add(start.Add(time.Duration(i)*time.Second), 1)
	}
	now, calls := start.Add(50*time.Second), patient(start)
	book.Heard = now
	b.ReportAllocs()
	for b.Loop() {
		if t := book.take(now, "a", calls); t.n != 1 {
			b.Fatal("full")
		}
		book.undo(now)
	}
}

// A call that is made by other means than a request is spent like one, and no other waits for
// what comes of it.
func TestTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Config{Limits: map[Group]int{Medium: 2}})
		began := time.Now()
		for range 2 {
			if err := g.Turn(t.Context(), "one", Medium, "createSubscription"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the second waits for %v", took)
		}
		if left := g.Left("one", Medium); left != 0 {
			t.Errorf("%d left of 2", left)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.Turn(ctx, "one", Medium, "createSubscription"); !errors.Is(err, ErrExhausted) {
			t.Errorf("the third: %v", err)
		}
	})
}
