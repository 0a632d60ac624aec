package cluster_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// through brings webhooks to a gateway, and notes the last.
type through struct {
	to   http.Handler
	last *http.Request
}

func (p *through) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Verification-Token") != "" {
		p.last = r.Clone(context.Background())
	}
	a := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	p.to.ServeHTTP(a, r)
	return a.Result(), nil
}

// withToken shows a token.
type withToken struct {
	next  http.RoundTripper
	token string
}

func (w withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+w.token)
	return w.next.RoundTrip(r)
}

// While Redis is away, RingCentral is told so in time to try again, and what it tells then is
// written.
func TestWebhookWhileRedisIsAway(t *testing.T) {
	server, post := redistest.Start(t), new(through)
	s, err := sim.New(sim.Config{Webhooks: post, Limits: sim.Unlimited()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	shared := cluster.Config{URL: server.URL}
	bus, err := cluster.OpenBus(shared)
	if err != nil {
		t.Fatal(err)
	}
	store, err := cluster.OpenStore(shared, "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := notify.New(notify.Config{
		REST: rest.New(rest.Config{BaseURL: "http://sim", Transport: withToken{s.Transport(), s.Token(sim.AdministratorID)}}), Bus: bus, Store: store, Via: notify.Webhook, URL: "http://gateway", Secret: "a secret of the tests",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	post.to = e
	reader, err := e.Subscribe(t.Context(), notify.Subscription{Account: sim.AccountID, Person: notify.Person{Key: "somebody", Context: context.Background()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reader.Close)
	next := func() *notify.Entry {
		one, err := reader.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return one
	}
	next()
	s.RaiseEvents(1)
	next()
	tell := func(uuid string) (status int, took time.Duration) {
		r := httptest.NewRequest(http.MethodPost, post.last.URL.RequestURI(), strings.NewReader(fmt.Sprintf(`{"uuid":%q,"event":"/restapi/v1.0/account/%s/extension","body":{"extensionId":"1","eventType":"Create"}}`, uuid, sim.AccountID)))
		r.Header = post.last.Header.Clone()
		a, start := httptest.NewRecorder(), time.Now()
		e.ServeHTTP(a, r)
		return a.Code, time.Since(start)
	}
	resume := server.Hang()
	defer resume()
	slow, quick := time.Duration(0), time.Hour
	for range 20 {
		status, took := tell("told while Redis is away")
		if slow, quick = max(slow, took), min(quick, took); status != http.StatusServiceUnavailable {
			t.Errorf("answered %d", status)
		}
	}
	t.Logf("refused in %v at first, then in %v", slow, quick)
	if slow > time.Second || quick > 100*time.Millisecond {
		t.Errorf("refused in %v, then in %v", slow, quick)
	}
	resume()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if status, _ := tell("told while Redis is away"); status == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it is not taken when Redis is back")
		}
	}
	for _, want := range []string{"told while Redis is away", "last"} {
		if status, _ := tell("last"); want == "last" && status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
		for one := next(); one.UUID != want; one = next() {
			if one.Kind != notify.Gap {
				t.Fatalf("got %s", one.UUID)
			}
		}
	}
}
