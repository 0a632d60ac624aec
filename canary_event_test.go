package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

// postman brings webhooks, and notes the secrets in them. The address may be in Redis, and
// nowhere else.
type postman struct {
	c *canaries

	mu                    sync.Mutex
	address, verification string
}

func (p *postman) RoundTrip(r *http.Request) (*http.Response, error) {
	p.c.add("validation token of RingCentral", r.Header.Get("Validation-Token"))
	p.c.add("webhook address", r.URL.Query().Get("s"))
	p.mu.Lock()
	p.address = r.URL.String()
	if v := r.Header.Get("Verification-Token"); len(v) > len("forged") {
		p.verification = v
		p.c.add("verification token", v)
	}
	p.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

func (p *postman) last() (address, verification string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.address, p.verification
}

// listen subscribes, and looks at what is told until it is ended. What it was told is in the
// buffer.
func (a *aviary) listen(header ...string) (told *syncBuffer, end func()) {
	a.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/graphql", strings.NewReader(`{"query":"subscription { accountEvents { __typename id } }"}`))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	told = new(syncBuffer)
	var done sync.WaitGroup
	done.Go(func() {
		for lines := bufio.NewReader(resp.Body); ; {
			line, err := lines.ReadString('\n')
			_, _ = io.WriteString(told, line)
			if err != nil {
				return
			}
		}
	})
	return told, func() {
		cancel()
		_ = resp.Body.Close()
		done.Wait()
		a.look("what a subscriber is told", told.String())
	}
}

// until waits for something.
func (a *aviary) until(what string, f func() bool) {
	a.t.Helper()
	for end := time.Now().Add(time.Minute); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			a.t.Fatalf("%s: not in a minute\n%s", what, a.sinks["log"]())
		}
	}
}

// events has RingCentral tell of events, in good and in bad ways, until it is ended.
func (a *aviary) events() (end func()) {
	a.t.Helper()
	quoted := sim.Fault{Status: 503, Body: `{"errorCode":"OAU-123","message":"SENT ` + a.plant("upstream message of subscriptions") + `"}`}
	a.sim.FailNext("createSubscription", 1, quoted)
	if a.via == "websocket" {
		a.sim.FailNext("authWsToken", 1, quoted)
	} else {
		a.sim.FailNext("createSubscription", 1, sim.Fault{DropAfter: true})
	}
	person := a.sim.Token(sim.AdministratorID)
	a.add("bearer token of a subscriber", person)
	told, leave := a.listen("Authorization", "Bearer "+person)
	tells := func(n int) func() bool {
		return func() bool { return strings.Count(told.String(), "event: next") >= n }
	}
	a.until("a gap", tells(1))
	a.sim.ForgeEvents(1)
	a.sim.EnlargeEvents(1, 100_000)
	a.sim.RaiseEvents(3)
	a.until("events", tells(4))
	if a.via == "webhook" {
		a.webhooks()
		return leave
	}
	a.breakSocket()
	return func() {
		a.babble()
		leave()
	}
}

// webhooks has strangers show what nobody gave them, and RingCentral what makes no sense.
func (a *aviary) webhooks() {
	address, verification := a.post.last()
	if verification == "" {
		a.t.Fatal("no event came by webhook")
	}
	a.add("verification token", verification)
	const kind = "application/json"
	made := a.url + "/webhooks/ringcentral?s=1." + a.plant("address that is none") + "&t=" + a.plant("query of a webhook")
	for _, to := range []string{made, address, address + a.plant("address with something behind")} {
		for _, body := range []string{"", "{}", `{"uuid":"` + a.plant("uuid") + `"`} {
			a.ask(nil, http.MethodPost, to, body, "Content-Type", kind, "Verification-Token", a.plant("verification token that is none"))
			a.ask(nil, http.MethodPost, to, body, "Content-Type", kind, "Authorization", "Bearer "+a.plant("bearer at a webhook"), "Cookie", "ringql="+a.plant("cookie at a webhook"))
		}
		a.ask([]string{"handshake token"}, http.MethodPost, to, "", "Content-Type", kind, "Validation-Token", a.plant("handshake token"))
		a.ask(nil, http.MethodPost, to, "", "Content-Type", kind, "Validation-Token", strings.Repeat(a.plant("long token"), 20))
		a.ask(nil, http.MethodGet, to, "", "Verification-Token", verification)
	}
	for _, body := range []string{a.plant("body of a webhook"), `{"event":"/restapi/v1.0/account/` + sim.AccountID + `/` + a.plant("event of another kind") + `"}`, strings.Repeat(a.plant("long body"), 1000)} {
		a.ask(nil, http.MethodPost, address, body, "Content-Type", kind, "Verification-Token", verification)
		a.ask(nil, http.MethodPost, address, body, "Content-Type", a.plant("content type"), "Verification-Token", verification)
	}
}

// breakSocket breaks the connection, and has RingCentral lead elsewhere when it is asked for
// another.
func (a *aviary) breakSocket() {
	elsewhere := `{"ws_access_token":"` + a.plant("token for elsewhere") + `","uri":"wss://elsewhere.example/` + a.plant("path elsewhere") + `?t=` + a.plant("query elsewhere") + `"}`
	a.sim.FailNext("authWsToken", 1, sim.Fault{Status: 200, Body: elsewhere})
	a.sim.BreakSockets()
}

// babble has RingCentral say what makes no sense over the connection, once there is one again.
func (a *aviary) babble() {
	a.until("a connection that is taken up again", func() bool { return a.recovered.Load() && a.sim.LiveSockets() > 0 })
	for _, frame := range []string{`[{"type":"` + a.plant("type of a frame") + `"}]`, `[{"type":"ServerNotification"},{"uuid":["` + a.plant("body of a frame") + `"]}]`, a.plant("frame")} {
		a.sim.SendFrame([]byte(frame))
	}
	a.until("the end of it", func() bool { return strings.Contains(a.sinks["log"](), "a frame that makes no sense") })
}

// noteSocket notes the secrets that a connection is opened with.
func (u watched) noteSocket(r *http.Request) {
	u.c.add("token of a WebSocket", r.URL.Query().Get("access_token"))
	u.c.add("token of a WebSocket that broke", r.URL.Query().Get("wsc"))
	if r.URL.Query().Get("wsc") != "" {
		u.c.recovered.Store(true)
	}
}
