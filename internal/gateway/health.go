package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/ringql/ringql/internal/notify"
)

// readiness answers whether new requests are welcome.
type readiness struct {
	draining atomic.Bool
	events   func() notify.Status // nil for none
}

// ready is what readiness answers. Who is waiting for what is not in it.
type ready struct {
	Status string       `json:"status"`
	Events *readyEvents `json:"events,omitempty"`
}

// readyEvents is how it goes with events. Trouble with them is no reason to turn elsewhere.
type readyEvents struct {
	Via         string               `json:"via"` // webhook, websocket or off
	Subscribers int                  `json:"subscribers"`
	Accounts    map[notify.State]int `json:"accounts"`
	Broken      int                  `json:"brokenSeconds"` // for how long, of the account that has been for longest
	LastTold    *time.Time           `json:"lastTold"`
}

func (r *readiness) serve(w http.ResponseWriter, _ *http.Request) {
	status, is := http.StatusOK, ready{Status: "ready"}
	if r.draining.Load() {
		status, is.Status = http.StatusServiceUnavailable, "draining"
	}
	if r.events != nil {
		is.Events = readyOf(r.events())
	}
	b, err := json.Marshal(is)
	if err != nil {
		b = []byte(`{}`) // our own struct can be written
	}
	writeText(w, status, string(b))
}

func readyOf(s notify.Status) *readyEvents {
	e := &readyEvents{Via: cmp.Or(string(s.Via), "off"), Subscribers: s.Subscribers, Accounts: s.States, Broken: int(s.Broken / time.Second)}
	if !s.LastTold.IsZero() {
		at := s.LastTold.UTC()
		e.LastTold = &at
	}
	return e
}

// healthy answers as long as the process does.
func healthy(w http.ResponseWriter, _ *http.Request) {
	writeText(w, http.StatusOK, `{"status":"ok"}`)
}

func writeText(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body + "\n")) // a client that left is no concern here
}

// Check asks the gateway at addr whether it is alive.
func Check(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway at %s answers %s", addr, resp.Status)
	}
	return nil
}
