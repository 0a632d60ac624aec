package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/limit"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// latency is that of the upstream as users see it.
const latency = 150 * time.Millisecond

// newGateway returns a whole gateway in front of upstream.
func newGateway(t *testing.T, upstream *sim.Server) http.Handler {
	t.Helper()
	gate := budget.NewGate()
	g, err := gateway.New(gateway.Config{
		REST: rest.New(rest.Config{
			BaseURL: "http://upstream", Who: auth.Key, Gate: gate, Cache: rest.CacheConfig{TTL: 5 * time.Second},
			Transport: rest.Chain(upstream.Transport(), rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key)),
		}),
		Gate: gate, Auth: &auth.Authenticator{}, Limits: limit.Limits{InFlight: screens, Queued: screens},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// ask sends a query as the person of a token, and again as long as it is told to.
func ask(t *testing.T, h http.Handler, token, query string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Error(err)
		return nil
	}
	for {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusServiceUnavailable {
			return w.Body.Bytes()
		}
		time.Sleep(time.Second)
	}
}

// staff is a screen of everyone with what they are reached by.
const staff = `{ account { extensions(first: %d) { nodes {
	id name extensionNumber phoneNumbers { nodes { phoneNumber usageType } } devices { nodes { name } }
} } } }`

// A screen of a whole company costs calls by the page, not by the person.
func TestWholeAccount(t *testing.T) {
	for _, tt := range []struct {
		extensions, numbers int
		calls               int
	}{
		{1000, 1200, 25},
		{500, 800, 12},
	} {
		t.Run(fmt.Sprintf("%d extensions, %d numbers", tt.extensions, tt.numbers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				upstream, err := sim.New(sim.Config{Extensions: tt.extensions, Numbers: tt.numbers, Seed: 1, Latency: latency})
				if err != nil {
					t.Fatal(err)
				}
				h := newGateway(t, upstream)
				start := time.Now()
				answer := ask(t, h, upstream.Token(sim.AdministratorID), fmt.Sprintf(staff, tt.extensions))
				checkStaff(t, answer, tt.extensions)
				var r report
				r.atMost("calls", len(upstream.Calls()), tt.calls)
				r.within("time", time.Since(start), time.Minute)
				r.print(t)
			})
		})
	}
}

// checkStaff makes sure that an answer is whole: a cheap one that lacks people is no feat.
func checkStaff(t *testing.T, answer []byte, people int) {
	t.Helper()
	var got struct {
		Data struct {
			Account struct {
				Extensions struct {
					Nodes []struct {
						PhoneNumbers, Devices struct{ Nodes []any }
					}
				}
			}
		}
		Errors []any
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	numbers, devices := 0, 0
	for _, e := range got.Data.Account.Extensions.Nodes {
		numbers += len(e.PhoneNumbers.Nodes)
		devices += len(e.Devices.Nodes)
	}
	if n := len(got.Data.Account.Extensions.Nodes); n != people || len(got.Errors) > 0 || numbers < people/2 || devices < people/2 {
		t.Errorf("%d people, %d numbers, %d devices, errors %v", n, numbers, devices, got.Errors)
	}
}

// Who asks call by call, and keeps to the limits, is at it for most of an hour.
func TestWholeAccountCallByCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		upstream, err := sim.New(sim.Config{Extensions: 1000, Numbers: 1200, Seed: 1, Latency: latency})
		if err != nil {
			t.Fatal(err)
		}
		p := &paced{t: t, transport: upstream.Transport(), token: upstream.Token(sim.AdministratorID)}
		start := time.Now()
		for _, id := range p.list("/restapi/v1.0/account/~/extension?perPage=1000") {
			p.list("/restapi/v1.0/account/~/extension/" + id + "/phone-number")
			p.list("/restapi/v1.0/account/~/extension/" + id + "/device")
		}
		var r report
		r.tell("calls", "%d", len(upstream.Calls()))
		r.tell("time", "%s", short(time.Since(start)))
		if refused := p.refused; refused > 0 || len(upstream.Calls()) < 2001 || time.Since(start) < 38*time.Minute {
			t.Errorf("the client is not what it stands for: %d refused", refused)
		}
		r.print(t)
	})
}

// paced is a client that sends a call when the last minute has room for it.
type paced struct {
	t         *testing.T
	transport http.RoundTripper
	token     string
	sent      map[string][]time.Time // by group
	refused   int
}

// list returns the ids of a list.
func (p *paced) list(path string) (ids []string) {
	p.t.Helper()
	group, limit := "light", 50
	if strings.Contains(path, "perPage") {
		group, limit = "medium", 40
	}
	p.pace(group, limit)
	var page struct {
		Records []struct{ ID json.Number }
	}
	if err := json.Unmarshal(p.get(path), &page); err != nil {
		p.t.Fatal(err)
	}
	for _, rec := range page.Records {
		ids = append(ids, rec.ID.String())
	}
	return ids
}

// pace waits until a call fits.
func (p *paced) pace(group string, limit int) {
	if p.sent == nil {
		p.sent = map[string][]time.Time{}
	}
	sent := p.sent[group]
	if len(sent) == limit {
		time.Sleep(time.Until(sent[0].Add(time.Minute)))
		sent = sent[1:]
	}
	p.sent[group] = append(sent, time.Now().Add(latency))
}

func (p *paced) get(path string) []byte {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://upstream"+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	resp, err := p.transport.RoundTrip(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusTooManyRequests {
		p.refused++
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return body
}
