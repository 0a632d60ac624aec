package rest

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/budget"
)

// sendAs sends one call of o, for the chain's last link to write down.
func sendAs(ctx context.Context, o *Operation, base roundTripper) {
	req, _ := http.NewRequestWithContext(mark(ctx, o), o.Method, "http://upstream", http.NoBody)
	if resp, err := Chain(base).RoundTrip(req); err == nil {
		_ = resp.Body.Close()
	}
}

// answering takes a second to answer with a header.
func answering(status int, header ...string) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		time.Sleep(time.Second)
		resp := answerWith(r, status, "")
		for i := 0; i < len(header); i += 2 {
			resp.Header.Set(header[i], header[i+1])
		}
		return resp, nil
	}
}

func TestBill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, bill := WithBill(t.Context())
		sendAs(ctx, listExtensions, answering(200, "RCRequestId", "r-1"))
		sendAs(ctx, listExtensions, answering(429, "X-Rate-Limit-Group", " Heavy "))
		sendAs(ctx, listExtensions, answering(200, "X-Rate-Limit-Group", "made-up"))
		sendAs(ctx, listExtensions, func(*http.Request) (*http.Response, error) { return nil, errors.New("no answer") })
		Tell(ctx, Call{Operation: listExtensions, Cached: true})
		s := bill.Take(true)
		want := map[budget.Group]int{budget.Medium: 3, budget.Heavy: 1}
		if !maps.Equal(s.Groups, want) || s.Hits != 1 || s.More != 0 || len(s.Calls) != 5 {
			t.Fatalf("got %+v", s)
		}
		for i, want := range []Call{
			{Group: budget.Medium, Status: 200, Duration: time.Second, RequestID: "r-1"},
			{Group: budget.Heavy, Status: 429, Duration: time.Second},
			{Group: budget.Medium, Status: 200, Duration: time.Second},
			{Group: budget.Medium, Err: s.Calls[3].Err},
			{Group: budget.Medium, Status: 200, Cached: true},
		} {
			want.Operation = listExtensions
			if s.Calls[i] != want {
				t.Errorf("call %d: got %+v, want %+v", i, s.Calls[i], want)
			}
		}
		if s.Calls[3].Err == nil {
			t.Error("a call without an answer has no error")
		}
		if s := bill.Take(true); len(s.Calls)+len(s.Groups)+s.Hits > 0 {
			t.Errorf("it is told twice: %+v", s)
		}
	})
}

// A call that is under way is told once: with its answer, or in the end without.
func TestBillOfCallsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, waits := range []bool{true, false} {
			ctx, bill := WithBill(t.Context())
			go sendAs(ctx, readAccountInfo, answering(200))
			time.Sleep(time.Second / 2)
			if s := bill.Take(false); len(s.Calls) > 0 {
				t.Errorf("told before its answer: %+v", s)
			}
			if waits {
				time.Sleep(time.Second)
			}
			status, took := 0, time.Second/2
			if waits {
				status, took = 200, time.Second
			}
			if s := bill.Take(true); len(s.Calls) != 1 || s.Calls[0].Status != status || s.Calls[0].Duration != took || s.Groups[budget.Light] != 1 {
				t.Errorf("waiting %v: %+v", waits, s)
			}
			time.Sleep(time.Second)
			if s := bill.Take(true); len(s.Calls) > 0 {
				t.Errorf("told again: %+v", s)
			}
		}
	})
}

// However many calls there are, the list of them is bounded, and all are counted.
func TestBillIsBounded(t *testing.T) {
	ctx, bill := WithBill(t.Context())
	InParallel(mostListed+7, func(int) {
		sendAs(ctx, readAccountInfo, func(r *http.Request) (*http.Response, error) { return answerWith(r, 200, ""), nil })
	})
	if s := bill.Take(true); len(s.Calls) != mostListed || s.More != 7 || s.Groups[budget.Light] != mostListed+7 {
		t.Errorf("%d calls listed, %d more, %v", len(s.Calls), s.More, s.Groups)
	}
}

// Who wants no bill pays nothing for it.
func TestNoBill(t *testing.T) {
	ctx := mark(t.Context(), readAccountInfo)
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://upstream", http.NoBody)
	resp := answerWith(req, 200, "")
	link := record(roundTripper(func(*http.Request) (*http.Response, error) { return resp, nil }))
	if n := testing.AllocsPerRun(100, func() { _, _ = link.RoundTrip(req) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	Tell(ctx, Call{Cached: true})
}
