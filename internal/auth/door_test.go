package auth_test

import (
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/sim"
)

// Cookies have every attribute that keeps them from others, and are taken back with the same.
func TestCookies(t *testing.T) {
	given := func(v visited) (out []string) {
		for _, c := range v.Header().Values("Set-Cookie") {
			name, rest, _ := strings.Cut(c, "=")
			value, rest, _ := strings.Cut(rest, ";")
			name = regexp.MustCompile("-login-.*").ReplaceAllString(name, "-login")
			out = append(out, name+map[bool]string{true: " gone", false: ""}[value == ""]+rest)
		}
		return out
	}
	for base, want := range map[string]struct{ prefix, secure string }{site: {"__Host-", " Secure;"}, "http://127.0.0.1:8080": {}} {
		f := newFront(t, func(c *auth.DoorConfig) {
			if base != site {
				c.URL = ""
			}
		})
		b := &browser{front: f, base: base}
		expect := func(v visited, cookies ...string) {
			t.Helper()
			if got := given(v); strings.Join(got, "\n") != strings.Join(cookies, "\n") {
				t.Errorf("%s%s: %q, want %q", base, v.at, got, cookies)
			}
			if v.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s%s may be kept", base, v.at)
			}
		}
		v := b.get("/auth/login")
		expect(v, want.prefix+"ringql-login Path=/; Max-Age=600; HttpOnly;"+want.secure+" SameSite=Lax")
		v = b.come(f.choose(v.to(), jane, "allow"))
		strict, gone := " Path=/; HttpOnly;"+want.secure+" SameSite=Strict", " gone Path=/; Max-Age=0; HttpOnly;"+want.secure+" SameSite="
		expect(v, want.prefix+"ringql-login"+gone+"Lax", want.prefix+"ringql"+strict)
		expect(b.get("/auth/session"))
		expect(b.post("/auth/logout"), want.prefix+"ringql"+gone+"Strict")
		expect(b.send(http.MethodPost, "/auth/logout", false)) // there is nothing to take back
		b.keep(&http.Cookie{Name: want.prefix + "ringql", Value: "made up", SameSite: http.SameSiteStrictMode})
		expect(b.get("/auth/session"), want.prefix+"ringql"+gone+"Strict")
		if warned := strings.Contains(f.log.String(), "plain HTTP"); warned != (base != site) || (f.Origin() != "") == warned {
			t.Errorf("%s: %s", base, &f.log)
		}
	}
}

// Who signs in anew gets another handle, and the one before is dead, though it does not come
// along when the upstream sends the browser back.
func TestNewHandle(t *testing.T) {
	f := newFront(t, nil)
	b := f.browser()
	b.signIn()
	old := *b
	b.signIn()
	if b.cookie(handleIn) == old.cookie(handleIn) {
		t.Error("the handle is the old one")
	}
	b.wants(true, "")
	had := old.cookie(handleIn)
	old.wants(false, "DISPLACED")
	if old.cookie(handleIn) != had {
		t.Error("a cookie is taken back that may be the new one by now")
	}
	f.Wait()
	if n := f.sim.LiveSessions(jane); n != 1 {
		t.Errorf("%d sessions upstream", n)
	}
	// A handle that somebody has put into the browser is worth nothing afterwards either.
	fixed := strings.Repeat("A", 43)
	b = f.browser()
	b.keep(&http.Cookie{Name: handleIn, Value: fixed, SameSite: http.SameSiteStrictMode})
	b.signIn()
	if b.cookie(handleIn) == fixed || !b.session().SignedIn {
		t.Errorf("fixed: %v", b.cookies)
	}
}

// Signing out ends the session here and upstream; everywhere, the others of the person too.
func TestSignOut(t *testing.T) {
	f := newFront(t, nil)
	one, two, other := f.browser(), f.browser(), f.browser()
	one.signIn()
	two.signIn()
	other.come(f.choose(other.begin("/"), sim.AdministratorID, "allow"))
	copied := *one
	if v := one.post("/auth/logout"); v.Code != http.StatusNoContent || len(one.cookies) != 0 {
		t.Errorf("logout: %d %v", v.Code, one.cookies)
	}
	copied.wants(false, "SIGNED_OUT")
	two.wants(true, "")
	one.signIn()
	copied = *one
	if v := two.post("/auth/logout/all"); v.Code != http.StatusNoContent || len(two.cookies) != 0 {
		t.Errorf("logout everywhere: %d %v", v.Code, two.cookies)
	}
	one.wants(false, "SIGNED_OUT_EVERYWHERE")
	if len(one.cookies) != 0 {
		t.Errorf("a dead cookie is kept: %v", one.cookies)
	}
	copied.wants(false, "SIGNED_OUT_EVERYWHERE")
	other.wants(true, "")
	f.Wait()
	if a, b := f.sim.LiveSessions(jane), f.sim.LiveSessions(sim.AdministratorID); a != 0 || b != 1 {
		t.Errorf("upstream: %d and %d sessions", a, b)
	}
	for _, want := range []string{"a session begins", "a session is over", "reason=SIGNED_OUT_EVERYWHERE", "owner=" + jane} {
		if !strings.Contains(f.log.String(), want) {
			t.Errorf("no %q in the log: %s", want, &f.log)
		}
	}
}

// Pages of other sites sign nobody out, and see nothing.
func TestForged(t *testing.T) {
	f := newFront(t, nil)
	b := f.browser()
	b.signIn()
	csrf := b.session().CSRF
	for _, tt := range []struct {
		name   string
		header []string
		let    bool
	}{
		{"own page", []string{"Origin", site}, true},
		{"own page, as written by hand", []string{"Origin", strings.ToUpper(site)}, true},
		{"listed page", []string{"Origin", "https://app.example.com", "Sec-Fetch-Site", "same-site"}, true},
		{"own page, no origin", []string{"Sec-Fetch-Site", "same-origin"}, true},
		{"typed", []string{"Sec-Fetch-Site", "none"}, true},
		{"a program", nil, true},
		{"another site", []string{"Origin", "https://evil.example"}, false},
		{"a longer name", []string{"Origin", site + ".evil.example"}, false},
		{"without TLS", []string{"Origin", "http://ringql.example.com"}, false},
		{"another port", []string{"Origin", site + ":8443"}, false},
		{"a sandbox", []string{"Origin", "null"}, false},
		{"cross-site", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"same-site", []string{"Sec-Fetch-Site", "same-site"}, false},
	} {
		for _, path := range []string{"/auth/session", "/auth/logout", "/auth/logout/all"} {
			method := http.MethodPost
			if path == "/auth/session" {
				method = http.MethodGet
			}
			for _, cross := range []bool{false, true} { // with the session's cookie, and without
				if cross && method == http.MethodGet {
					continue // nobody is told of
				}
				was := *b
				v := b.send(method, path, cross, tt.header...)
				said := v.Body.String()
				switch {
				case !tt.let && (v.Code != http.StatusForbidden || !strings.Contains(said, "another site") || strings.Contains(said, csrf) || len(v.Header().Values("Set-Cookie")) != 0):
					t.Errorf("%s, %s: %d %v %s", tt.name, path, v.Code, v.Header(), said)
				case tt.let && !cross && method == http.MethodPost && (v.Code != http.StatusForbidden || !strings.Contains(said, "CSRF")):
					t.Errorf("%s, %s without the CSRF token: %d %s", tt.name, path, v.Code, said)
				case tt.let && !cross && method == http.MethodGet && v.Code != http.StatusOK:
					t.Errorf("%s, %s: %d %s", tt.name, path, v.Code, said)
				}
				*b = was
			}
		}
	}
	for _, token := range []string{"x", csrf[1:], csrf + "A", strings.ToLower(csrf)} {
		if v := b.send(http.MethodPost, "/auth/logout", false, "Origin", site, auth.CSRFHeader, token); v.Code != http.StatusForbidden {
			t.Errorf("token %q: %d", token, v.Code)
		}
	}
	b.wants(true, "")
}

// While the store is away nobody is told anything of it, and nobody is signed out.
func TestDoorWithoutStore(t *testing.T) {
	f := newFront(t, nil)
	b := f.browser()
	b.signIn()
	token := b.session().CSRF
	began := f.browser()
	back := f.choose(began.begin("/"), jane, "allow")
	late := newFront(t, func(c *auth.DoorConfig) { c.Store = f.store }) // it knows nothing yet
	f.store.away.Store(true)
	cold := &browser{front: late, base: site, cookies: b.cookies}
	for _, v := range []visited{
		cold.get("/auth/session"), cold.send(http.MethodPost, "/auth/logout", false, auth.CSRFHeader, token),
		b.send(http.MethodPost, "/auth/logout", false, auth.CSRFHeader, token), b.send(http.MethodPost, "/auth/logout/all", false, auth.CSRFHeader, token),
	} {
		if v.Code != http.StatusServiceUnavailable || v.Header().Get("Retry-After") != "1" || strings.Contains(v.Body.String(), errFaulty.Error()) || len(v.Header().Values("Set-Cookie")) != 0 {
			t.Errorf("%s: %d %v %s", v.at, v.Code, v.Header(), v.Body)
		}
	}
	if v := began.come(back); v.Code != http.StatusServiceUnavailable || strings.Contains(v.Body.String(), errFaulty.Error()) || began.cookie(handleIn) != "" {
		t.Errorf("callback: %d %s", v.Code, v.Body)
	}
	f.Wait()
	if n := f.sim.LiveSessions(jane); n != 1 { // the grant that could not be kept was given back
		t.Errorf("%d sessions upstream", n)
	}
	f.store.away.Store(false)
	b.wants(true, "")
	cold.wants(true, "")
}

// A session that was not used for too long, or lasts too long, is over, and why is told. A
// page that asks again and again who is signed in does not use it, nor does who may not.
func TestSessionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, func(c *auth.DoorConfig) { c.Idle, c.Life = time.Hour, 150*time.Minute })
		b, idle, asks, guesses := f.browser(), f.browser(), f.browser(), f.browser()
		for _, one := range []*browser{b, idle, asks, guesses} {
			one.signIn()
		}
		token, copied := b.session().CSRF, *b
		for range 2 {
			time.Sleep(29 * time.Minute)
			asks.session()
			if err := guesses.use(token); !errors.Is(err, auth.ErrCSRF) {
				t.Error(err)
			}
			if err := b.use(token); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(2 * time.Minute)
		for _, one := range []*browser{idle, asks, guesses} {
			one.wants(false, "IDLE")
		}
		time.Sleep(57 * time.Minute)
		if err := b.use(token); err != nil {
			t.Error(err)
		}
		time.Sleep(34 * time.Minute)
		b.wants(false, "EXPIRED")
		if err := copied.use(token); !errors.Is(err, auth.ErrExpired) {
			t.Error(err)
		}
		if len(b.cookies) != 0 {
			t.Errorf("cookies: %v", b.cookies)
		}
		if v := copied.send(http.MethodPost, "/auth/logout", false, "Origin", site); v.Code != http.StatusNoContent || len(copied.cookies) != 0 {
			t.Errorf("logout of what is over: %d %v", v.Code, copied.cookies)
		}
		f.Wait()
		if n := f.sim.LiveSessions(jane); n != 0 {
			t.Errorf("%d sessions upstream", n)
		}
	})
}

// Every path has its methods, and there are no others.
func TestDoorMethods(t *testing.T) {
	f := newFront(t, nil)
	for path, methods := range map[string]string{
		"/auth/login": "GET", "/auth/callback": "GET", "/auth/session": "GET", "/auth/logout": "POST", "/auth/logout/all": "POST", "/auth/": "", "/auth/logout/x": "", "/auth/session/": "",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			v := f.browser().send(method, path, false)
			if served := v.Code != http.StatusMethodNotAllowed && v.Code != http.StatusNotFound; served != (methods == method) {
				t.Errorf("%s %s: %d", method, path, v.Code)
			}
		}
	}
}

// An app without a secret can be anybody's: a gateway that people reach over the web says so.
func TestPublicApp(t *testing.T) {
	var log syncBuffer
	app := auth.App{ServerURL: "http://upstream", ClientID: sim.PublicClientID}
	if _, err := auth.NewDoor(app, http.DefaultTransport, auth.DoorConfig{URL: site}, slog.New(slog.NewTextHandler(&log, nil))); err != nil || !strings.Contains(log.String(), "RINGCENTRAL_CLIENT_SECRET") {
		t.Errorf("%v %s", err, &log)
	}
}
