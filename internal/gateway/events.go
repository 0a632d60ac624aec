package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// stream answers with server-sent events, each operation over a connection of its own,
// by POST and GET: an event "next" for every answer, numbered, then "complete". Comments
// in between keep proxies from closing a connection where nothing happens.
// Source: PROTOCOL.md of graphql-sse, "Distinct connections mode".
type stream struct {
	*pushed
	last int           // number of the last event
	of   *subscription // nil for none
}

// next writes one answer. JSON has no line breaks, so it is one line of data. Of a
// subscription its id is that of the event, so that who comes back says what they were told;
// its end has none.
func (s *stream) next(resp *graphql.Response) {
	s.last++
	id := fmt.Sprintf("id: %d\n", s.last)
	if s.of != nil {
		if id = ""; s.of.id != "" {
			id = "id: " + s.of.id + "\n"
		}
	}
	s.write(fmt.Sprintf("%sevent: next\ndata: %s\n\n", id, answerOrPart(resp, s.last)))
}

func (s *stream) complete() { s.write("event: complete\ndata:\n\n") }

// keepAlive writes a comment from time to time, until it is stopped.
func (s *stream) keepAlive(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.write(":\n\n")
			}
		}
	})
	return func() {
		cancel()
		done.Wait() // nobody writes once the handler has returned
	}
}
