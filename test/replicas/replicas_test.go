// Package replicas_test runs three gateways as processes, with a Redis that they share and a
// balancer before them, and looks that whoever subscribes is told what happens: wherever it
// happens, and whatever ends.
package replicas_test

import (
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/sim"
	"github.com/ringql/ringql/test/program"
)

// upstreams are the ways RingCentral tells the gateways.
var upstreams = []string{"webhook", "websocket"}

// farm is all that runs.
type farm struct {
	t        *testing.T
	via      string
	sim      *sim.Server
	redis    *redistest.Server
	gateways []*program.Program
	balancer *httptest.Server
}

// newFarm starts gateways that RingCentral tells of events in one way. One alone has no Redis.
func newFarm(t *testing.T, bin, upstream string, gateways int) *farm {
	t.Helper()
	f := &farm{t: t, via: upstream}
	var err error
	f.sim, err = sim.New(sim.Config{Limits: sim.Unlimited(), WebhookRetries: webhookRetries})
	if err != nil {
		t.Fatal(err)
	}
	up := httptest.NewServer(f.sim)
	t.Cleanup(func() { // of what is still open none has an end
		f.sim.Close()
		up.CloseClientConnections()
		up.Close()
	})
	f.balancer = httptest.NewServer(&httputil.ReverseProxy{Rewrite: f.balance(), ErrorLog: log.New(io.Discard, "", 0)})
	t.Cleanup(f.balancer.Close)
	shared := "RINGQL_REDIS_URL="
	if gateways > 1 {
		f.redis = redistest.Start(t)
		shared += f.redis.URL
	}
	for range gateways {
		f.gateways = append(f.gateways, program.Run(t, bin,
			"RINGCENTRAL_SERVER_URL="+up.URL, "RINGCENTRAL_CLIENT_ID="+sim.ClientID, "RINGCENTRAL_CLIENT_SECRET="+sim.ClientSecret, "RINGCENTRAL_JWT="+sim.JWT(sim.AdministratorID),
			shared, "RINGQL_EVENTS="+upstream, "RINGQL_EVENTS_URL="+f.balancer.URL, "RINGQL_EVENTS_SECRET="+strings.Repeat("s", 32),
			"RINGQL_LIMIT_LIGHT=1000000", "RINGQL_LIMIT_MEDIUM=1000000", "RINGQL_LIMIT_AUTH=1000000", "RINGQL_MAX_RATE=1000000"))
	}
	return f
}

// balance sends each request to the next gateway, whether that is up or not: RingCentral is
// told 502 of those that are not.
func (f *farm) balance() func(*httputil.ProxyRequest) {
	var n atomic.Int64
	return func(r *httputil.ProxyRequest) {
		to, err := url.Parse(f.gateways[int(n.Add(1))%len(f.gateways)].URL)
		if err != nil {
			panic(err)
		}
		r.SetURL(to)
	}
}

// status is what a gateway says of its events.
type status struct {
	Subscribers int
	Accounts    map[string]int
}

// status returns what a gateway says; nothing if it is not up.
func (f *farm) status(i int) (s status) {
	resp, err := unpooled.Get(f.gateways[i].URL + "/readyz")
	if err != nil {
		return status{}
	}
	defer func() { _ = resp.Body.Close() }()
	var got struct{ Events status }
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		f.t.Errorf("/readyz: %v", err)
	}
	return got.Events
}

// subscribers counts those of all gateways.
func (f *farm) subscribers() (n int) {
	for i := range f.gateways {
		n += f.status(i).Subscribers
	}
	return n
}

// holder is the gateway that has RingCentral tell of the account; -1 for none.
func (f *farm) holder() int {
	for i := range f.gateways {
		if f.status(i).Accounts["active"] == 1 {
			return i
		}
	}
	return -1
}

// wait waits until done says so.
func (f *farm) wait(most time.Duration, what string, done func() bool) {
	f.t.Helper()
	for end := time.Now().Add(most); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatalf("after %v not: %s", most, what)
		}
	}
}

// running waits until RingCentral tells of the account, and returns which gateway sees to it.
func (f *farm) running() (holder int) {
	f.t.Helper()
	f.wait(30*time.Second, "RingCentral tells a gateway", func() bool {
		holder = f.holder()
		return holder >= 0
	})
	return holder
}

// upstreams counts the ways in which RingCentral tells now. It keeps for a while what it was to
// tell over a connection that has ended: of somebody whom it does not tell all, for one.
func (f *farm) upstreams() int {
	if f.via == "websocket" {
		return f.sim.LiveSockets()
	}
	return len(f.sim.Subscriptions())
}
