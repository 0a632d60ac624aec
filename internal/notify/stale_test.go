package notify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// What is changed behind the gateway's back is read anew once RingCentral has told of it, and
// nothing else is.
func TestCachesFollow(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		var client *rest.Client
		g := w.gateway(func(c *notify.Config) { client = c.REST })
		p := w.person(sim.AdministratorID)
		s := w.subscribe(g, p, "")
		s.gap(notify.Started)
		extension := func(id string) error {
			return client.ReadExtensions(p.Context, sim.AccountID, []string{id})[id].Err
		}
		read := func() string {
			w.sim.ResetCalls()
			_, err := client.ReadAccountInfo(p.Context, rest.Own)
			if err = errors.Join(err, extension(sim.AdministratorID), extension(sim.StandardUserID)); err != nil {
				t.Fatal(err)
			}
			return w.calls()
		}
		if first := read(); strings.Count(first, "GET") != 3 {
			t.Fatalf("first %s", first)
		}
		if again := read(); again != "" {
			t.Fatalf("again %s", again)
		}
		w.sim.RaiseEvents(1) // a number of the contact centre
		s.next()
		if got := read(); got != "light GET /account/ID" { // which shows the company's main number
			t.Errorf("after a number changed: %s", got)
		}
		w.sim.AddExtension(0, "New Person")
		s.next()
		if got := read(); got != "light GET /account/ID" {
			t.Errorf("after somebody came: %s", got)
		}
		w.sim.RemoveExtension(sim.StandardUserID)
		s.next()
		if err := extension(sim.StandardUserID); !errors.Is(err, rest.ErrNotFound) {
			t.Errorf("who is gone: %v", err)
		}
	})
}
