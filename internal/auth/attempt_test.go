package auth_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
)

// A person goes through the upstream's page and comes back to where they were.
func TestSignIn(t *testing.T) {
	f := newFront(t, nil)
	b := f.browser()
	b.wants(false, "")
	at := b.begin("/reports?a=1&b=%2F#top")
	u, _ := url.Parse(at)
	for name, want := range map[string]string{
		"response_type": "^code$", "redirect_uri": "^" + site + auth.Callback + "$", "state": "^[A-Z2-7]{26}$", "code_challenge": "^[A-Za-z0-9_-]{43}$", "code_challenge_method": "^S256$",
	} {
		if got := u.Query()[name]; len(got) != 1 || !regexp.MustCompile(want).MatchString(got[0]) {
			t.Errorf("%s is %q", name, got)
		}
	}
	v := b.come(f.choose(at, jane, "allow"))
	for _, want := range []string{"You are signed in", `href="/reports?a=1&amp;b=%2F#top"`, `content="0;url=/reports?a=1&amp;b=%2F#top"`} {
		if v.Code != http.StatusOK || !strings.Contains(v.Body.String(), want) {
			t.Errorf("callback: %d, no %s in %s", v.Code, want, v.Body)
		}
	}
	if s := b.session(); !s.SignedIn || s.Owner != jane || len(s.CSRF) != 43 {
		t.Errorf("session: %+v", s)
	}
	if b.begun() != 0 || len(b.cookies) != 1 {
		t.Errorf("cookies: %v", b.cookies)
	}
	for _, secret := range []string{b.cookie(handleIn), b.session().CSRF, u.Query().Get("code_challenge")} {
		if strings.Contains(f.log.String(), secret) {
			t.Errorf("the log shows %s: %s", secret, &f.log)
		}
	}
}

// A browser is sent nowhere but to a path of the gateway's, whatever it is asked to return to.
func TestReturnTo(t *testing.T) {
	f := newFront(t, nil)
	for _, to := range []string{
		"//evil.example", `/\evil.example`, `\\evil.example`, `\/evil.example`, "https://evil.example/", "https:/evil.example", "https:evil.example", "HTTPS://evil.example",
		"javascript:alert(1)", "data:text/html,x", "evil.example", "@evil.example", "?x", "#x", "/\r\nSet-Cookie: a=b", "/\tx", "\t//evil.example", " /x", "/x y", "/\x00", "/\x7f", "/%zz",
		"/" + strings.Repeat("a", 4000), "/" + strings.Repeat("&", 1000),
	} {
		b := f.browser()
		v := b.get("/auth/login?returnTo=" + url.QueryEscape(to))
		if v.Code != http.StatusBadRequest || v.to() != "" || len(b.cookies) != 0 || strings.Contains(v.Body.String(), "evil") {
			t.Errorf("%.40q: %d %s", to, v.Code, v.Body)
		}
	}
	for to, want := range map[string]string{
		"": "/", "/": "/", "/a/b": "/a/b", "/?q={x}": "/?q={x}", "/#//evil.example": "/#//evil.example", "/a?to=https://evil.example": "/a?to=https://evil.example",
		"/%0d%0aSet-Cookie:a=b": "/%0d%0aSet-Cookie:a=b", "/%5cevil.example": "/%5cevil.example", `/"><script>`: "/&#34;&gt;&lt;script&gt;", "/" + strings.Repeat("a", 2000): "/" + strings.Repeat("a", 2000),
	} {
		b := f.browser()
		v := b.come(f.choose(b.begin(to), jane, "allow"))
		if !strings.Contains(v.Body.String(), `content="0;url=`+want+`"`) || len(v.Header().Values("Set-Cookie")) != 2 {
			t.Errorf("%.40q: %d %v %s", to, v.Code, v.Header(), v.Body)
		}
	}
}

// What a browser comes back with is good once, for what it has begun itself.
func TestCallback(t *testing.T) {
	f := newFront(t, nil)
	refused := func(name string, v visited, status int, say string) {
		t.Helper()
		if v.Code != status || !strings.Contains(v.Body.String(), say) {
			t.Errorf("%s: %d %s", name, v.Code, v.Body)
		}
		for _, c := range v.Header().Values("Set-Cookie") {
			if strings.HasPrefix(c, handleIn+"=") {
				t.Errorf("%s: %s", name, c)
			}
		}
	}
	b := f.browser()
	back := f.choose(b.begin("/"), jane, "allow")
	refused("another's sign-in", f.browser().come(back), http.StatusBadRequest, "not known here")
	kept := *b
	if v := b.come(back); v.Code != http.StatusOK {
		t.Fatalf("%d %s", v.Code, v.Body)
	}
	refused("replayed", b.come(back), http.StatusBadRequest, "not known here")
	refused("a code that was used", kept.come(back), http.StatusForbidden, "did not accept")

	b = f.browser()
	first, second := f.choose(b.begin("/"), jane, "allow"), f.choose(b.begin("/"), jane, "allow")
	one, _ := url.Parse(first)
	two, _ := url.Parse(second)
	mixed := one.Query()
	mixed.Set("code", two.Query().Get("code"))
	refused("the code of another attempt", b.come(auth.Callback+"?"+mixed.Encode()), http.StatusForbidden, "did not accept")
	refused("no state", b.come(auth.Callback+"?code=x"), http.StatusBadRequest, "not known here")
	refused("nothing", b.come(auth.Callback), http.StatusBadRequest, "not known here")
	refused("no code", b.come(auth.Callback+"?state="+two.Query().Get("state")), http.StatusForbidden, "did not accept")

	b = f.browser()
	b.begin("/")
	c := *b.cookies[0]
	for _, value := range []string{"", "x", c.Value[1:], strings.ToUpper(c.Value), c.Value[:len(c.Value)-8] + "AAAAAAAA"} {
		b.cookies[0].Value = value
		refused("cookie "+value, b.come(auth.Callback+"?code=x&state="+strings.TrimPrefix(c.Name, attempts)), http.StatusBadRequest, "not known here")
	}
	b.cookies[0].Value, b.cookies[0].Name = c.Value, attempts+"X"
	refused("the cookie of another state", b.come(auth.Callback+"?code=x&state=X"), http.StatusBadRequest, "not known here")
	b.wants(false, "")
}

// Of what the upstream says, known words are shown and nothing else: whoever makes a link to
// the callback must not be able to write on the gateway's page.
func TestCallbackShowsKnownWords(t *testing.T) {
	f := newFront(t, nil)
	for word, want := range map[string]string{
		"access_denied": "RingCentral says: access_denied.", "server_error": "says: server_error.", "consent_required": "says: consent_required.",
		"": "another error", "Call +1 555 and tell your password": "another error", "<script>alert(1)</script>": "another error", "access_denied ": "another error",
	} {
		b := f.browser()
		u, _ := url.Parse(b.begin("/x?y"))
		v := b.come(auth.Callback + "?" + url.Values{"error": {word}, "error_description": {"canary"}, "error_uri": {"https://canary"}, "state": {u.Query().Get("state")}}.Encode())
		body := v.Body.String()
		if v.Code != http.StatusForbidden || !strings.Contains(body, want) || strings.Contains(body, "script>") || strings.Contains(body, "password") || strings.Contains(body, "canary") {
			t.Errorf("%q: %d %s", word, v.Code, body)
		}
		if !strings.Contains(body, `href="/auth/login?returnTo=%2Fx%3Fy"`) || strings.Contains(body, "refresh") || b.begun() != 0 {
			t.Errorf("%q: %s", word, body)
		}
	}
	b := f.browser()
	if v := b.come(f.choose(b.begin("/"), jane, "deny")); v.Code != http.StatusForbidden || !strings.Contains(v.Body.String(), "access_denied") {
		t.Errorf("%d %s", v.Code, v.Body)
	}
	if policy := b.get("/auth/login?returnTo=x").Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %s", policy)
	}
}

// A person has ten minutes to sign in, and then is asked to begin anew.
func TestAttemptEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, nil)
		for _, tt := range []struct {
			after time.Duration
			want  int
		}{{10*time.Minute - time.Second, http.StatusOK}, {10*time.Minute + time.Second, http.StatusBadRequest}} {
			b := f.browser()
			at := b.begin("/")
			time.Sleep(tt.after)
			if v := b.come(f.choose(at, jane, "allow")); v.Code != tt.want {
				t.Errorf("after %v: %d %s", tt.after, v.Code, v.Body)
			}
		}
		b := f.browser()
		back := f.choose(b.begin("/"), jane, "allow")
		time.Sleep(time.Minute)
		if v := b.come(back); v.Code != http.StatusForbidden {
			t.Errorf("a code of a minute ago: %d %s", v.Code, v.Body)
		}
		f.Wait()
	})
}

// Ten tabs sign in side by side, each returns to its own place, and the browser's last
// session is a good one.
func TestTenAtOnce(t *testing.T) {
	f := newFront(t, nil)
	b := f.browser()
	backs := make([]string, 10)
	for i := range backs {
		backs[i] = f.choose(b.begin(fmt.Sprintf("/tab/%d", i)), jane, "allow")
	}
	if b.begun() != 10 {
		t.Fatalf("%d attempts", b.begun())
	}
	var all sync.WaitGroup
	tabs := make([]browser, 10) // each with the cookies of the moment
	for i := range tabs {
		tabs[i] = browser{front: f, base: site, cookies: append([]*http.Cookie(nil), b.cookies...)}
		all.Go(func() {
			if v := tabs[i].come(backs[i]); v.Code != http.StatusOK || !strings.Contains(v.Body.String(), fmt.Sprintf(`"0;url=/tab/%d"`, i)) {
				t.Errorf("%d: %d %s", i, v.Code, v.Body)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for i := range tabs {
		tabs[i].wants(true, "")
		seen[tabs[i].cookie(handleIn)] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d handles", len(seen))
	}
}

// A browser that begins and does not end is not given more cookies than servers take.
func TestAttemptsAreTidied(t *testing.T) {
	f := newFront(t, nil)
	for returnTo, most := range map[string]int{"/": 20, "/" + strings.Repeat("a", 2000): 2} {
		b := f.browser()
		b.keep(&http.Cookie{Name: "theirs", Value: strings.Repeat("x", 3000)})
		var last, before string
		for range 25 {
			last, before = b.begin(returnTo), last
		}
		if n := b.begun(); n != most || b.cookie("theirs") == "" {
			t.Errorf("%.9s: %d attempts, want %d", returnTo, n, most)
		}
		for _, at := range []string{before, last} { // it is the oldest that are taken back
			if v := b.come(f.choose(at, jane, "allow")); v.Code != http.StatusOK {
				t.Errorf("%.9s: one of the last: %d %s", returnTo, v.Code, v.Body)
			}
		}
	}
}
