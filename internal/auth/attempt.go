package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// attemptLife is how long a person may take to sign in.
	attemptLife = 10 * time.Minute
	// mostAttempts and mostBytes bound the attempts of one browser: each is a cookie, and
	// servers, proxies above all, take only so long a header.
	mostAttempts = 20
	mostBytes    = 6 << 10
	// longestCookie is what every browser keeps of a cookie, its attributes left out.
	longestCookie = 4000
)

// attempt is what a browser has to come back with: it lies sealed in a cookie of its own, so
// that several tabs can sign in at once, on any replica. Without the cookie, what somebody
// else has begun cannot be ended in this browser.
type attempt struct {
	Verifier string    `json:"v"`
	ReturnTo string    `json:"r"`
	Redirect string    `json:"u"`
	End      time.Time `json:"e"`
	// Old is the key of the session that the browser had. When it comes back, another site
	// has sent it, and the session's cookie does not come along.
	Old string `json:"o,omitempty"`
}

// attemptPrefix begins the names of the cookies of attempts; the state follows.
const attemptPrefix = "ringql-login-"

// login sends a browser to the upstream's sign-in page.
func (d *Door) login(w http.ResponseWriter, r *http.Request) {
	returnTo, ok := local(r.URL.Query().Get("returnTo"))
	state, a := rand.Text(), attempt{Verifier(), returnTo, d.base(r) + Callback, time.Now().Add(attemptLife), ""}
	a.Old, _ = keyOf(d.handle(r))
	plain, err := json.Marshal(a)
	if err != nil {
		d.page(w, http.StatusInternalServerError, page{Title: "Something went wrong in the gateway"})
		return
	}
	name := d.named(attemptPrefix + state)
	value := base64.RawURLEncoding.EncodeToString(d.cipher.Seal(name, plain))
	if !ok || len(name)+len(value) > longestCookie {
		d.page(w, http.StatusBadRequest, page{Title: "This is no place to return to", Text: "returnTo must be a path of this gateway, such as /, and not too long."})
		return
	}
	d.tidy(w, r, len(name)+len(value))
	// The upstream's page sends the browser back: that is another site's doing.
	http.SetCookie(w, d.cookie(name, value, http.SameSiteLaxMode, attemptLife))
	http.Redirect(w, r, d.oauth.URL(a.Redirect, state, a.Verifier), http.StatusFound)
}

// tidy takes attempts back from a browser that has too many of them with one more of so many
// bytes. Browsers send the oldest first.
func (d *Door) tidy(w http.ResponseWriter, r *http.Request, size int) {
	n := 1
	for _, c := range slices.Backward(r.Cookies()) {
		if !strings.HasPrefix(c.Name, d.named(attemptPrefix)) {
			continue
		}
		n, size = n+1, size+len(c.Name)+len(c.Value)
		if n > mostAttempts || size > mostBytes {
			d.forget(w, c.Name)
		}
	}
}

func (d *Door) forget(w http.ResponseWriter, name string) {
	http.SetCookie(w, d.cookie(name, "", http.SameSiteLaxMode, 0))
}

// callback takes a browser that comes back from the upstream.
func (d *Door) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	a, name := d.attempt(r, q.Get("state"))
	if a == nil {
		d.page(w, http.StatusBadRequest, page{
			Title: "This sign-in is not known here", Text: "It was begun in another browser, or too long ago.", Link: "/auth/login", Say: "Sign in",
		})
		return
	}
	d.forget(w, name)
	again := page{Title: "You are not signed in", Link: "/auth/login?returnTo=" + template.URLQueryEscaper(a.ReturnTo), Say: "Try again"}
	if q.Has("error") {
		again.Text = "RingCentral says: " + errorName(q.Get("error")) + "."
		d.page(w, http.StatusForbidden, again)
		return
	}
	handle, err := d.enter(r, q.Get("code"), a)
	if err != nil {
		status := http.StatusBadGateway
		again.Text = "RingCentral gives no tokens for now."
		switch {
		case errors.Is(err, ErrGrant):
			status, again.Text = http.StatusForbidden, "RingCentral did not accept the sign-in: it may have taken too long."
		case errors.Is(err, ErrAway):
			status, again.Text = http.StatusServiceUnavailable, "Sessions cannot be kept for now."
		}
		d.log.Warn("a sign-in failed", "cause", err)
		d.page(w, status, again)
		return
	}
	d.give(w, handle)
	// The page goes on by itself: a redirect would still be the other site's doing, and the
	// cookie not be sent with it.
	d.page(w, http.StatusOK, page{Title: "You are signed in", Link: a.ReturnTo, Say: "Go on", Next: a.ReturnTo})
}

// attempt returns what the browser has begun under state, and its cookie's name; nil if that
// is unknown or over.
func (d *Door) attempt(r *http.Request, state string) (a *attempt, name string) {
	name = d.named(attemptPrefix + state)
	c, err := r.Cookie(name)
	if err != nil || state == "" {
		return nil, name
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(c.Value)
	if err != nil {
		return nil, name
	}
	plain, err := d.cipher.Open(name, sealed)
	if err != nil || json.Unmarshal(plain, &a) != nil || time.Now().After(a.End) {
		return nil, name
	}
	return a, name
}

// enter exchanges a code for a session. The one that the browser had is over with it. A code
// works only once, so all of it is done even if the browser does not wait.
func (d *Door) enter(r *http.Request, code string, a *attempt) (handle string, err error) {
	if code == "" {
		return "", ErrGrant
	}
	ctx := context.WithoutCancel(r.Context())
	grant, err := d.oauth.Exchange(ctx, a.Redirect, code, a.Verifier)
	if err != nil {
		return "", err
	}
	if handle, err = d.sessions.Start(ctx, grant, "", ""); err != nil {
		return "", err
	}
	old, ok := keyOf(d.handle(r))
	if !ok {
		old = a.Old
	}
	if old != "" {
		_ = d.sessions.end(ctx, old, Displaced) // else its time ends it
	}
	return handle, nil
}

// page is what a person sees on the way.
type page struct {
	Title, Text string
	Link, Say   string // where to go from here
	Next        string // where the browser goes by itself
}

const pageStyle = "body{font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:28rem;padding:0 1rem}"

var pageText = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
{{with .Next}}<meta http-equiv="refresh" content="0;url={{.}}">
{{end}}<title>{{.Title}}</title>
<style>` + pageStyle + `</style>
<h1>{{.Title}}</h1>
{{with .Text}}<p>{{.}}</p>
{{end}}{{with .Link}}<p><a href="{{.}}">{{$.Say}}</a></p>
{{end}}</html>
`))

// stylePolicy lets the page have its style and nothing else.
var stylePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

func (d *Door) page(w http.ResponseWriter, status int, p page) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", stylePolicy)
	w.WriteHeader(status)
	_ = pageText.Execute(w, p) // a client that left is no concern here
}
