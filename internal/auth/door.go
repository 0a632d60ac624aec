package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// CSRFHeader is the header in which a page shows that it could read the session: no page of
// another site can.
const CSRFHeader = "X-RingQL-CSRF"

// Classes of requests that use a session and may not, for errors.Is.
var (
	// ErrForged means that a page of another site had a browser send the request.
	ErrForged = errors.New("the request comes from another site")
	// ErrCSRF means that the request does not show the session's CSRF token.
	ErrCSRF = errors.New("the CSRF token is missing or wrong")
)

// DoorConfig says how people sign in. Its zero value is good for one machine.
type DoorConfig struct {
	Store   Store         // nil: sessions end with the process
	Key     string        // what sessions are sealed with, see NewCipher; empty: a key that ends with the process
	OldKeys []string      // what they were sealed with before
	Idle    time.Duration // how long a session may lie unused; zero means an hour
	Life    time.Duration // how long it may last; zero means twelve hours
	URL     string        // where browsers reach the gateway: https and host. Empty is for loopback alone: plain HTTP, at whatever it is called
	Origins []string      // whose pages may use a session, beside the gateway's own
}

// Door is where people sign in and out with a browser: an http.Handler for what lies under
// /auth/. The browser is given a cookie that scripts cannot read, and no token.
type Door struct {
	cfg      DoorConfig
	log      *slog.Logger
	oauth    *OAuth
	sessions *Sessions
	cipher   *Cipher // of the cookies of attempts too, which any replica reads
	mux      *http.ServeMux
	routes   []string
	secure   bool
}

// Callback is the path that the upstream sends people back to.
const Callback = "/auth/callback"

// NewDoor returns the Door of cfg, by which people sign in to app. Token calls go by tokens.
func NewDoor(app App, tokens http.RoundTripper, cfg DoorConfig, log *slog.Logger) (*Door, error) {
	c, err := NewCipher(cfg.Key, cfg.OldKeys...)
	if err != nil {
		return nil, err
	}
	oauth := NewOAuth(app, tokens)
	sessions, err := NewSessions(SessionsConfig{OAuth: oauth, Store: cfg.Store, Cipher: c, Idle: cfg.Idle, Life: cfg.Life, Log: log})
	if err != nil {
		return nil, err
	}
	d := &Door{cfg: cfg, log: log, oauth: oauth, sessions: sessions, cipher: c, mux: http.NewServeMux(), secure: cfg.URL != ""}
	switch {
	case !d.secure:
		log.Info("people sign in over plain HTTP, which is for this machine alone", "at", "/auth/login")
	case oauth.public():
		log.Warn("people sign in to an app without a secret: a gateway should have one, see RINGCENTRAL_CLIENT_SECRET")
	}
	for route, serve := range map[string]http.HandlerFunc{
		"GET /auth/login":       d.login,
		"GET " + Callback:       d.callback,
		"GET /auth/session":     d.show,
		"POST /auth/logout":     d.leave(func(ctx context.Context, handle string, _ *Session) error { return sessions.End(ctx, handle) }),
		"POST /auth/logout/all": d.leave(func(ctx context.Context, _ string, s *Session) error { return sessions.EndAll(ctx, s.Owner) }),
	} {
		d.mux.HandleFunc(route, serve)
		d.routes = append(d.routes, route)
	}
	return d, nil
}

// Routes are the patterns of what d serves.
func (d *Door) Routes() []string { return d.routes }

// Origin is that of the gateway's own pages, where browsers reach it by HTTPS; else empty.
func (d *Door) Origin() string { return d.cfg.URL }

// Wait returns when what goes on in the background has come to its end.
func (d *Door) Wait() { d.sessions.Wait() }

func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	d.mux.ServeHTTP(w, r)
}

// base is where the browser that sent r reaches the gateway.
func (d *Door) base(r *http.Request) string { return cmp.Or(d.cfg.URL, "http://"+r.Host) }

// cookieName is the name of the session's cookie. Browsers take one with the prefix from the
// host itself alone, over HTTPS, for all its paths.
func (d *Door) cookieName() string { return d.named("ringql") }

func (d *Door) named(name string) string {
	if d.secure {
		return "__Host-" + name
	}
	return name
}

// cookie returns a cookie for the whole host, which ends with the browser if it is given no
// life; an empty value takes it back. A browser takes it back only with the attributes that
// it was given with.
func (d *Door) cookie(name, value string, site http.SameSite, life time.Duration) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // without HTTPS, on this machine alone, it cannot be Secure
		Name: name, Value: value, Path: "/", Secure: d.secure, HttpOnly: true, SameSite: site, MaxAge: int(life.Seconds()),
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// give has the browser keep a handle as long as it runs: how long the session lasts is
// decided here, and a handle on a disk may be found.
func (d *Door) give(w http.ResponseWriter, handle string) {
	http.SetCookie(w, d.cookie(d.cookieName(), handle, http.SameSiteStrictMode, 0))
}

func (d *Door) takeBack(w http.ResponseWriter) { d.give(w, "") }

// handle returns what stands in r's cookie; "" if there is none.
func (d *Door) handle(r *http.Request) string {
	c, err := r.Cookie(d.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// Visit returns the session that r's cookie stands for; nil without a cookie. Whether r may
// use it, Trusts says; that a page asks who is signed in is no use.
func (d *Door) Visit(r *http.Request) (*Session, error) {
	handle := d.handle(r)
	if handle == "" {
		return nil, nil //nolint:nilnil // nobody has signed in
	}
	if d.foreign(r) {
		return nil, ErrForged
	}
	return d.sessions.Peek(r.Context(), handle)
}

// foreign says whether r comes from a page of another site. Browsers say so; other clients
// say nothing.
func (d *Door) foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		return !strings.EqualFold(origin, d.base(r)) && !slices.ContainsFunc(d.cfg.Origins, func(o string) bool { return strings.EqualFold(o, origin) })
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "cross-site" || site == "same-site" // another host of the same owner's is another all the same
}

// displaced says whether a session has made way for a new one, whose cookie the browser may
// have been given meanwhile: to take the old one back would take back that.
func displaced(err error) bool {
	over, ok := errors.AsType[*Over](err)
	return ok && over.Reason == Displaced
}

// show tells who is signed in, until when, and the CSRF token.
func (d *Door) show(w http.ResponseWriter, r *http.Request) {
	s, err := d.Visit(r)
	switch {
	case err != nil && !errors.As(err, new(*Over)):
		deny(w, err)
		return
	case err != nil && !displaced(err):
		d.takeBack(w)
	}
	answer := struct {
		SignedIn bool       `json:"signedIn"`
		Reason   Reason     `json:"reason,omitempty"` // why not any more
		Owner    string     `json:"owner,omitempty"`
		Account  string     `json:"account,omitempty"`
		Name     string     `json:"name,omitempty"`
		Scopes   []string   `json:"scopes,omitempty"`
		Since    *time.Time `json:"since,omitempty"`
		IdleEnd  *time.Time `json:"idleEnd,omitempty"`
		End      *time.Time `json:"end,omitempty"`
		CSRF     string     `json:"csrfToken,omitempty"`
	}{SignedIn: s != nil}
	if over, ok := errors.AsType[*Over](err); ok {
		answer.Reason = over.Reason
	}
	if s != nil {
		answer.Owner, answer.Account, answer.Name, answer.Scopes, answer.CSRF = s.Owner, s.Account, s.Name, s.Scopes, s.CSRF.Reveal()
		answer.Since, answer.IdleEnd, answer.End = &s.Created, &s.IdleEnd, &s.End
	}
	tell(w, http.StatusOK, answer)
}

// leave ends a session, or several, by end. A form of another site's comes without the
// cookie, and would have the browser give it up all the same: it is refused first.
func (d *Door) leave(end func(context.Context, string, *Session) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if d.foreign(r) {
			deny(w, ErrForged)
			return
		}
		s, err := d.Visit(r)
		switch {
		case errors.As(err, new(*Over)), err == nil && s == nil: // it is over already
		case err != nil:
			deny(w, err)
			return
		case !s.Trusts(r.Header.Get(CSRFHeader)):
			deny(w, ErrCSRF)
			return
		default:
			// A browser that closes its window does not stay signed in for it.
			if err := end(context.WithoutCancel(r.Context()), d.handle(r), s); err != nil {
				deny(w, err)
				return
			}
		}
		if d.handle(r) != "" {
			d.takeBack(w)
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// local reads where a browser is to go: a path of this gateway's. What a browser could take
// for another site is none.
func local(to string) (path string, ok bool) {
	if to == "" {
		return "/", true
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return "", false
	}
	return to, true
}

// deny answers a program with what is wrong, in the shape of the gateway's other errors. Of a
// store that is away no more is told: its error may say where it is.
func deny(w http.ResponseWriter, err error) {
	status, code := http.StatusForbidden, "FORBIDDEN"
	if !errors.Is(err, ErrForged) && !errors.Is(err, ErrCSRF) {
		status, code, err = http.StatusServiceUnavailable, "UNAVAILABLE", ErrAway
		w.Header().Set("Retry-After", "1")
	}
	tell(w, status, map[string]any{"errors": []any{map[string]any{
		"message": err.Error(), "extensions": map[string]string{"code": code},
	}}})
}

func tell(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a client that left is no concern here
}
