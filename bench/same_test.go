package bench

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/ringql/ringql/internal/sim"
)

// screens is how many ask at once.
const screens = 1000

// What many screens of one person ask for at once is asked of the upstream once.
func TestSameQueryAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		upstream, err := sim.New(sim.Config{Seed: 1, Latency: latency})
		if err != nil {
			t.Fatal(err)
		}
		h, token := newGateway(t, upstream), upstream.Token(sim.AdministratorID)
		answers := make([]string, screens)
		var work sync.WaitGroup
		for i := range screens {
			work.Go(func() { answers[i] = strings.TrimSpace(string(ask(t, h, token, `{ account { mainNumber status } }`))) })
		}
		work.Wait()
		for _, a := range answers {
			if a != `{"data":{"account":{"mainNumber":"+18555440014","status":"CONFIRMED"}}}` {
				t.Fatalf("answered %s", a)
			}
		}
		var r report
		r.exactly("calls for 1,000 queries at once", len(upstream.Calls()), 1)
		r.print(t)
	})
}
