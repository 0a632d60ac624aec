package sim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

// receiver is a webhook in the same process.
type receiver struct {
	t testing.TB

	mu     sync.Mutex
	answer func(*http.Request) *http.Response // nil for the usual one; it may return nil for the usual one too
	got    []event
}

// event is a delivery as it came.
type event struct {
	UUID           string
	Event          string
	Timestamp      time.Time
	SubscriptionID string
	OwnerID        string
	Body           json.RawMessage

	token string
	size  int
	at    time.Time
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == "nothing.example.com" {
		return nil, errors.New("no route to host")
	}
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if req.Header.Get("User-Agent") != "RingCentral-Webhook/8.3" || req.Header.Get("Content-Type") != "application/json; charset=UTF-8" {
		r.t.Errorf("headers: %v", req.Header)
	}
	if req.Header.Get("Validation-Token") == "" {
		e := event{token: req.Header.Get("Verification-Token"), size: len(body), at: time.Now()}
		if err := json.Unmarshal(body, &e); err != nil {
			r.t.Errorf("%v in %s", err, body)
		}
		r.got = append(r.got, e)
	}
	if r.answer != nil {
		if resp := r.answer(req); resp != nil {
			return resp, req.Context().Err()
		}
	}
	return reply(req, http.StatusOK, 0, "Validation-Token", req.Header.Get("Validation-Token"), "Content-Type", "application/json"), nil
}

func reply(req *http.Request, status, size int, headers ...string) *http.Response {
	resp := &http.Response{StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: req,
		Body: io.NopCloser(bytes.NewReader(make([]byte, size)))}
	for i := 0; i+1 < len(headers); i += 2 {
		resp.Header.Set(headers[i], headers[i+1])
	}
	return resp
}

// failing answers deliveries with a status, and handshakes as usual.
func failing(status int) func(*http.Request) *http.Response {
	return func(req *http.Request) *http.Response {
		if req.Header.Get("Validation-Token") != "" {
			return nil
		}
		return reply(req, status, 0)
	}
}

func (r *receiver) answers(with func(*http.Request) *http.Response) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = with
}

// take returns what has come, once nothing is under way, and forgets it.
func (r *receiver) take() []event {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.got
	r.got = nil
	return out
}

func uuids(events []event) (out []string) {
	for _, e := range events {
		out = append(out, e.UUID)
	}
	return out
}

func wish(filters ...string) map[string]any {
	mode := map[string]any{"transportType": "WebHook", "address": address, "verificationToken": "secret"}
	return map[string]any{"eventFilters": filters, "deliveryMode": mode}
}

// subscribe returns the id of a new subscription.
func (r *receiver) subscribe(c caller, filters ...string) string {
	r.t.Helper()
	return c.send(http.MethodPost, subscriptionPath, wish(filters...)).want(http.StatusOK).object()["id"].(string)
}

// hooked runs a test with a server that delivers to a receiver.
func hooked(t *testing.T, cfg sim.Config, run func(t *testing.T, s *sim.Server, r *receiver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{t: t}
		cfg.Limits, cfg.Webhooks = map[string]int{}, r
		s := newServer(t, cfg)
		defer s.Close()
		run(t, s, r)
	})
}
