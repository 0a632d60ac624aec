package sim

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Fault is trouble that a call meets. The zero value is none.
type Fault struct {
	Status int         // answered instead of the real answer when not 0; the call has no effect, though it is charged
	Header http.Header // of that answer, on top of the usual ones; a name with no values takes a usual one away
	Body   string      // of that answer

	Drop      bool          // the connection breaks before the call takes effect
	DropAfter bool          // the connection breaks after the call took effect: a lost answer
	Delay     time.Duration // waited first; over early, and without effect, when the client leaves

	Mangle func(body []byte) []byte // rewrites the body of the real answer
}

// FailNext makes the next n calls of an operation meet f. Faults of one operation queue up. It panics on an operation that
// does not exist: a test with a misspelt name would pass without its fault.
func (s *Server) FailNext(operationID string, n int, f Fault) {
	for _, rt := range s.routes {
		if rt.operation == operationID {
			s.journal.plan(operationID, n, f)
			return
		}
	}
	panic(fmt.Sprintf("sim: FailNext: no operation %q", operationID))
}

// journal remembers the calls that came and the faults that wait for calls to come.
type journal struct {
	mu     sync.Mutex
	calls  []string
	faults map[string][]planned
}

type planned struct {
	left  int
	fault Fault
}

// maxCalls bounds the memory of a server that runs for days.
const maxCalls = 100_000

func newJournal() journal { return journal{faults: map[string][]planned{}} }

func (j *journal) plan(operation string, n int, f Fault) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n > 0 {
		j.faults[operation] = append(j.faults[operation], planned{n, f})
	}
}

// meet notes a call and returns the fault that waits for it.
func (j *journal) meet(rt *route, r *http.Request) Fault {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.calls) == maxCalls {
		j.calls = append([]string(nil), j.calls[maxCalls/2:]...)
	}
	j.calls = append(j.calls, fmt.Sprintf("%-6s %s %s", rt.group, r.Method, r.RequestURI))
	waiting := j.faults[rt.operation]
	if len(waiting) == 0 {
		return Fault{}
	}
	f := waiting[0].fault
	if waiting[0].left--; waiting[0].left == 0 {
		j.faults[rt.operation] = waiting[1:]
	}
	return f
}

func (j *journal) list() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.calls...)
}

func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls = nil
}

// wait reports whether d passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
