package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/sim"
)

// What nobody may see is planted in every input of a real program, which then goes its good
// and its bad ways; it comes up in no log, audit line, metric, store, nor in an answer to
// anybody else, and in one's own only where it must.
func TestCanaries(t *testing.T) {
	t.Run("file", func(t *testing.T) { t.Parallel(); everyWay(t, newAviary(t, nil)) })
	t.Run("redis", func(t *testing.T) { t.Parallel(); everyWay(t, newAviary(t, redistest.Start(t))) })
}

func everyWay(t *testing.T, a *aviary) {
	bearer := a.sim.Token(sim.StandardUserID)
	a.add("bearer token", bearer)
	end := a.events()
	for _, header := range [][]string{{"Authorization", "Bearer " + bearer}, {auth.KeyHeader, a.key}} {
		a.graphql(header...)
		a.upstreamFails(failures, header...)
	}
	a.signInFails()
	cookie, csrf := a.signIn(sim.AdministratorID)
	soon := time.Now().Add(32 * time.Second) // half a token's life, when it is replaced
	a.signedIn()
	a.strangers()
	a.sockets(bearer)
	a.upstreamFails([]int{429}, "Authorization", "Bearer "+bearer)
	time.Sleep(time.Until(soon))
	for range 100 {
		a.query(nil, "{ viewer { name } }", nil, "Cookie", cookie, auth.CSRFHeader, csrf)
		if a.refreshed.Load() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !a.refreshed.Load() {
		t.Error("no session was refreshed")
	}
	others := a.sim.Token(sim.AdministratorID)
	a.query(nil, "{ viewer { name } budgets { group } account { extensions(first: 100) { nodes { name contact { firstName } } } } }", nil, "Authorization", "Bearer "+others, "X-RingQL-Plan", "actual")
	for _, path := range []string{"/metrics", "/readyz", "/healthz", "/", "/schema.graphql", "/auth/session"} {
		a.ask(nil, http.MethodGet, a.url+path, "")
	}
	end()
	a.stop() // what is written last counts as well
	for name, said := range a.sinks {
		text := said()
		if text == "" {
			t.Errorf("the %s is empty: nothing was tested", name)
		}
		var may []string
		if name == "log" {
			may = []string{"upstream message"} // that is for the operator, without the secrets that were sent
		}
		if name == "redis" {
			may = []string{"webhook address"}
		}
		a.look("the "+name, text, may...)
	}
	for _, want := range []string{"level=WARN", "errors=", "UPSTREAM_TIMEOUT", "UPSTREAM_INVALID", "UNAUTHENTICATED", "a sign-in failed", "mutation"} {
		if !strings.Contains(a.sinks["log"]()+a.sinks["audit"](), want) {
			t.Errorf("%s was not to be seen: a way was not gone", want)
		}
	}
}

const change = `mutation Change($p: Secret) { updateExtension(input: {extensionId: "` + sim.StandardUserID + `", password: $p, ivrPin: "PIN"}) { outcome userErrors { code message field } } }`

// graphql asks and changes, in all ways to be shown what it takes.
func (a *aviary) graphql(header ...string) {
	pin, password := "80917263", a.plant("password 1")
	a.add("pin", pin)
	doc := strings.ReplaceAll(change, "PIN", pin)
	odd := append([]string{"X-Odd", a.plant("odd header"), "Referer", "https://x.example/?t=" + a.plant("referer"), "Cookie", "other=" + a.plant("another cookie"), "Traceparent", a.plant("traceparent"),
		"Proxy-Authorization", "Basic " + a.plant("proxy")}, header...)
	for _, plan := range []string{"", "dry-run", "actual", a.plant("plan header")} {
		a.query(nil, doc, map[string]any{"p": password}, append([]string{"X-RingQL-Plan", plan, "X-RingQL-Priority", a.plant("priority")}, odd...)...)
	}
	own := a.plant("own text")
	for _, doc := range []string{
		`{ extension(id: "` + own + `") { name } }`, `{ account { extensions(filter: {search: "` + own + `"}, first: 1) { totalCount } } }`, `{ nodes(ids: ["` + own + `"]) { id } }`,
		`mutation { updateExtension(input: {extensionId: "1", password: "` + own + `", ivrPin: 12}) { outcome } }`, `{ viewer { name } } "` + own, `query A { viewer { name } } # ` + own,
		`mutation { updateExtension(input: {extensionId: "1", password: {a: "` + own + `"}}) { outcome } }`,
		strings.Repeat("{a", 100) + `(b:"` + own + `")`, `{ viewer { name @include(if: "` + own + `") } }`, `query($v: Int = "` + own + `") { viewer { name } }`,
		`{ account { extensions(first: 1, after: "` + own + `") { totalCount } } }`,
	} {
		for _, plan := range []string{"", "dry-run", "actual"} {
			a.query([]string{"own text"}, doc, map[string]any{"unknown": a.plant("unused variable")}, append([]string{"X-RingQL-Plan", plan}, header...)...)
		}
	}
	a.query([]string{"a variable"}, "query($n: Int!, $s: Secret) { account { extensions(first: $n) { totalCount } } }", map[string]any{"n": a.plant("a variable"), "s": a.plant("a secret variable")}, header...)
	a.query([]string{"a variable"}, change, map[string]any{"p": []string{a.plant("a variable")}}, header...)
	for _, body := range []string{`{"query":"` + own, `{"query":"{ viewer { name } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + own + `"}}}`, `{"documentId":"` + own + `"}`, own} {
		a.ask([]string{"own text"}, http.MethodPost, a.url+"/graphql", body, append([]string{"Content-Type", "application/json"}, header...)...)
	}
	a.ask(nil, http.MethodGet, a.url+"/graphql?access_token="+a.plant("URL query")+"&query="+url.QueryEscape("{ viewer { name } }"), "", append([]string{"GraphQL-Require-Preflight", "1"}, header...)...)
	for _, kind := range []string{"multipart/mixed", "text/event-stream", a.plant("accept")} {
		a.query(nil, "{ viewer { name ... @defer { status } } }", nil, append([]string{"Accept", kind}, header...)...)
	}
}

// failures are what an upstream may answer. After 429 nothing is sent for a while.
var failures = []int{400, 401, 403, 404, 409, 500, 502, 503, 302, 200}

// upstreamFails has the upstream quote what it was sent, answer nonsense, and be late.
func (a *aviary) upstreamFails(statuses []int, header ...string) {
	password, pin := a.plant("password 2"), "70615243"
	a.add("pin", pin)
	message, page := a.plant("upstream message"), "<html>"+a.plant("upstream page")
	saying := func(quoted string) string {
		text := "Parameter [x] value [" + quoted + "] of SENT " + message
		b, _ := json.Marshal(map[string]any{"errorCode": "CMN-101", "message": text, "errors": []any{map[string]string{"errorCode": "CMN-101", "message": text, "parameterName": "SENT"}}})
		return string(b)
	}
	quotes := map[string]string{"readAccountInfo": "", "updateExtension": password + " " + pin} // an upstream can quote what it was sent
	changed := []string{"upstream message"}                                                     // tells why it was refused
	for _, status := range statuses {
		for _, page := range []string{"", page} {
			f := sim.Fault{Status: status, Body: page, Header: http.Header{"Location": {a.upstream + "/" + a.plant("upstream location")}, "X-Odd": {a.plant("upstream header")}, "Retry-After": {"0"}, "X-Rate-Limit-Window": nil}}
			for operation, quoted := range quotes {
				if page == "" {
					f.Body = saying(quoted)
				}
				a.sim.FailNext(operation, 1, f)
			}
			for _, plan := range []string{"actual", ""} {
				a.query(nil, "{ account { mainNumber } }", nil, append([]string{"X-RingQL-Plan", plan}, header...)...)
				a.query(changed, strings.ReplaceAll(change, "PIN", pin), map[string]any{"p": password}, append([]string{"X-RingQL-Plan", plan}, header...)...)
			}
		}
	}
	for _, f := range []sim.Fault{{Delay: 1500 * time.Millisecond}, {Drop: true}, {DropAfter: true}, {Mangle: func(b []byte) []byte { return append([]byte(page), b...) }}} {
		for operation := range quotes {
			a.sim.FailNext(operation, 1, f)
		}
		a.query(nil, "{ account { mainNumber } }", nil, header...)
		a.query(nil, strings.ReplaceAll(change, "PIN", pin), map[string]any{"p": password}, header...)
	}
}

// login begins to sign in, and returns the cookie of the attempt and what the upstream is
// asked for.
func (a *aviary) login() (cookie string, asked url.Values) {
	a.t.Helper()
	begun := a.ask([]string{"state", "attempt cookie"}, http.MethodGet, a.url+"/auth/login?returnTo=/"+a.plant("place to return to"), "")
	to, err := url.Parse(begun.header.Get("Location"))
	if err != nil || begun.status != http.StatusFound {
		a.t.Fatalf("no sign-in: %d %s", begun.status, begun.text)
	}
	cookie, _, _ = strings.Cut(begun.header.Get("Set-Cookie"), ";")
	_, value, _ := strings.Cut(cookie, "=")
	a.add("attempt cookie", value)
	a.add("state", to.Query().Get("state"))
	return cookie, to.Query()
}

// code has somebody allow what is asked for.
func (a *aviary) code(person string, asked url.Values) (code string) {
	a.t.Helper()
	asked.Set("person", person)
	asked.Set("consent", "allow")
	back := a.ask(nil, http.MethodPost, a.upstream+"/restapi/oauth/authorize", asked.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	to, err := url.Parse(back.header.Get("Location"))
	if err != nil || to.Query().Get("code") == "" {
		a.t.Fatalf("no code: %d %s", back.status, back.text)
	}
	a.add("code", to.Query().Get("code"))
	return to.Query().Get("code")
}

func (a *aviary) callback(may []string, cookie string, q url.Values) reply {
	return a.ask(append(may, "place to return to", "state"), http.MethodGet, a.url+"/auth/callback?"+q.Encode(), "", "Cookie", cookie)
}

// signInFails signs in as it must not be.
func (a *aviary) signInFails() {
	bad := a.plant("code that is none")
	for _, f := range []*sim.Fault{
		nil, {Status: 500, Body: a.plant("token page")}, {Status: 302, Header: http.Header{"Location": {a.upstream + "/restapi/oauth/token?" + a.plant("token location")}}}, {Status: 200, Body: `{"access_token":["` + a.plant("token body") + `"]}`},
		{Status: 400, Body: `{"error":"invalid_grant","error_description":"` + bad + `"}`}, {Status: 400, Body: `{"error":"` + bad + `"}`}, {Status: 401, Body: `{"error":"invalid_client","error_description":"` + sim.ClientSecret + `"}`}, {Drop: true},
	} {
		if f != nil {
			a.sim.FailNext("getToken", 1, *f)
		}
		cookie, asked := a.login()
		if got := a.callback(nil, cookie, url.Values{"state": asked["state"], "code": {bad}}); got.status == http.StatusOK {
			a.t.Errorf("signed in with %+v", f)
		}
	}
	cookie, asked := a.login()
	a.callback(nil, cookie, url.Values{"state": {a.plant("state that is none")}, "code": {bad}})
	a.callback(nil, strings.ReplaceAll(cookie, "=", "="+a.plant("attempt that is none")), url.Values{"state": asked["state"], "code": {bad}})
	a.callback(nil, cookie, url.Values{"state": asked["state"], "error": {a.plant("error")}, "error_description": {a.plant("error description")}})
	a.ask(nil, http.MethodGet, a.url+"/auth/login?returnTo="+url.QueryEscape("//"+a.plant("far place")), "")
}

// signIn signs somebody in, and returns the cookie of the session and its CSRF token.
func (a *aviary) signIn(person string) (cookie, csrf string) {
	a.t.Helper()
	attempt, asked := a.login()
	in := a.callback([]string{"session cookie"}, attempt, url.Values{"state": asked["state"], "code": {a.code(person, asked)}})
	for _, c := range in.header.Values("Set-Cookie") {
		if strings.HasPrefix(c, "ringql=") {
			cookie, _, _ = strings.Cut(c, ";")
		}
	}
	a.add("session cookie", strings.TrimPrefix(cookie, "ringql="))
	is := a.ask([]string{"CSRF token"}, http.MethodGet, a.url+"/auth/session", "", "Cookie", cookie)
	var session struct{ CSRFToken string }
	if err := json.Unmarshal([]byte(is.text), &session); err != nil || session.CSRFToken == "" {
		a.t.Fatalf("nobody is signed in: %d %s", is.status, is.text)
	}
	a.add("CSRF token", session.CSRFToken)
	return cookie, session.CSRFToken
}

// signedIn goes the ways of a session until it ends.
func (a *aviary) signedIn() {
	cookie, csrf := a.signIn(sim.StandardUserID)
	header := []string{"Cookie", cookie, auth.CSRFHeader, csrf}
	a.graphql(header...)
	a.upstreamFails(failures, header...)
	a.query(nil, "{ viewer { name } }", nil, "Cookie", cookie)
	a.query(nil, "{ viewer { name } }", nil, "Cookie", cookie, auth.CSRFHeader, a.plant("CSRF token that is none"))
	a.query(nil, "{ viewer { name } }", nil, append([]string{"Origin", "https://" + strings.ToLower(a.plant("origin")) + ".example"}, header...)...)
	a.query(nil, "{ viewer { name } }", nil, "Cookie", "ringql="+(a.plant("handle that is none") + strings.Repeat("A", 43))[:43], auth.CSRFHeader, csrf)
	a.socket(http.Header{"Cookie": {cookie}}, `{"type":"connection_init","payload":{"`+auth.CSRFHeader+`":"`+csrf+`","x":"`+a.plant("init")+`"}}`, `{"type":"subscribe","id":"1","payload":{"query":"{ viewer { name } }"}}`)
	a.socket(http.Header{"Cookie": {cookie}}, `{"type":"connection_init","payload":{"`+auth.CSRFHeader+`":"`+a.plant("CSRF token of a socket")+`"}}`)
	a.sim.FailNext("revokeToken", 1, sim.Fault{Status: 500, Body: a.plant("revoke page")})
	a.ask(nil, http.MethodPost, a.url+"/auth/logout", "", "Cookie", cookie)
	a.ask(nil, http.MethodPost, a.url+"/auth/logout", "", header...)
	a.query(nil, "{ viewer { name } }", nil, header...)
	for _, way := range []string{"/auth/logout/all", ""} {
		cookie, csrf = a.signIn(sim.StandardUserID)
		if way != "" {
			a.ask(nil, http.MethodPost, a.url+way, "", "Cookie", cookie, auth.CSRFHeader, csrf)
		} else {
			a.sim.EndSessions(sim.StandardUserID)
		}
		for range 2 {
			a.query(nil, "{ viewer { name } }", nil, "Cookie", cookie, auth.CSRFHeader, csrf)
			a.ask([]string{"CSRF token"}, http.MethodGet, a.url+"/auth/session", "", "Cookie", cookie)
		}
	}
	a.signIn(sim.StandardUserID) // one that is there when all is searched
}

// strangers show what nobody gave them.
func (a *aviary) strangers() {
	for _, header := range [][]string{
		{"Authorization", "Bearer " + a.plant("bearer that is none")}, {"Authorization", "Basic " + a.plant("basic")}, {"Authorization", a.plant("authorization")},
		{"Authorization", "Bearer " + strings.Repeat(a.plant("bearer too long"), 500)}, {auth.KeyHeader, a.plant("key that is none")}, {},
	} {
		a.query(nil, "{ viewer { name } }", nil, header...)
	}
	a.ask(nil, http.MethodGet, a.url+"/"+a.plant("path")+"?"+a.plant("query"), "")
	a.ask(nil, "BREW", a.url+"/graphql?token="+a.plant("query of a method"), "")
}

func (a *aviary) sockets(bearer string) {
	for _, payload := range []string{
		`{"Authorization":"Bearer ` + bearer + `","x":"` + a.plant("init 1") + `"}`, `{"Authorization":"Bearer ` + a.plant("init 2") + `"}`, `{"Authorization":"Basic ` + a.plant("init 3") + `"}`,
		`{"X-RingQL-Key":"` + a.key + `"}`, `{"X-RingQL-Key":"` + a.plant("init 4") + `"}`, `["` + a.plant("init 5") + `"]`, `"` + a.plant("init 6"),
	} {
		password := a.plant("password of a socket")
		a.socket(nil, `{"type":"connection_init","payload":`+payload+`}`,
			`{"type":"subscribe","id":"1","payload":{"query":"mutation($p: Secret) { updateExtension(input: {extensionId: \"1\", password: $p}) { outcome } }","variables":{"p":"`+password+`"},"extensions":{"plan":"actual"}}}`)
	}
}
