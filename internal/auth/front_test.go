package auth_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/sim"
)

const (
	site     = "https://ringql.example.com"
	jane     = sim.StandardUserID
	handleIn = "__Host-ringql"
	attempts = "__Host-ringql-login-"
)

// front is a door, and the simulator whose sign-in page it leads to.
type front struct {
	*auth.Door
	t     *testing.T
	sim   *sim.Server
	store *faulty
	log   syncBuffer
}

// newFront returns a front; change may change what the door is made of.
func newFront(t *testing.T, change func(*auth.DoorConfig)) *front {
	t.Helper()
	s, err := sim.New(sim.Config{RedirectURIs: []string{site + auth.Callback, "http://127.0.0.1:8080" + auth.Callback}, Limits: map[string]int{"light": 100_000, "auth": 100_000}})
	if err != nil {
		t.Fatal(err)
	}
	f := &front{t: t, sim: s, store: &faulty{Store: auth.NewMemory()}}
	cfg := auth.DoorConfig{Store: f.store, Key: sessionKey(1), URL: site, Origins: []string{"https://app.example.com"}}
	if change != nil {
		change(&cfg)
	}
	app := auth.App{ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret)}
	if f.Door, err = auth.NewDoor(app, s.Transport(), cfg, slog.New(slog.NewTextHandler(&f.log, nil))); err != nil {
		t.Fatal(err)
	}
	return f
}

// browser keeps cookies, oldest first, and sends them as browsers do.
type browser struct {
	*front
	base    string
	cookies []*http.Cookie
}

func (f *front) browser() *browser { return &browser{front: f, base: site} }

// visited is what a browser got to see.
type visited struct {
	*httptest.ResponseRecorder
	at string
}

// to is where a browser was sent.
func (v visited) to() string { return v.Header().Get("Location") }

// send asks the door. What another site has sent comes without strict cookies.
func (b *browser) send(method, path string, cross bool, header ...string) visited {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, b.base+path, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for _, c := range b.cookies {
		if !cross || c.SameSite != http.SameSiteStrictMode {
			r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		}
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.keep(c)
	}
	return visited{w, path}
}

func (b *browser) get(path string) visited { b.t.Helper(); return b.send(http.MethodGet, path, false) }

func (b *browser) keep(c *http.Cookie) {
	b.cookies = slices.DeleteFunc(slices.Clone(b.cookies), func(old *http.Cookie) bool { return old.Name == c.Name })
	if c.MaxAge >= 0 {
		b.cookies = append(b.cookies, c)
	}
}

// cookie returns what the browser keeps under a name; "" for nothing.
func (b *browser) cookie(name string) string {
	for _, c := range b.cookies {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// begun counts the attempts that the browser keeps.
func (b *browser) begun() (n int) {
	for _, c := range b.cookies {
		if strings.HasPrefix(c.Name, attempts) {
			n++
		}
	}
	return n
}

// begin starts an attempt, and returns where the upstream is asked.
func (b *browser) begin(returnTo string) (at string) {
	b.t.Helper()
	v := b.get("/auth/login?returnTo=" + url.QueryEscape(returnTo))
	if v.Code != http.StatusFound {
		b.t.Fatalf("login: %d %s", v.Code, v.Body)
	}
	return v.to()
}

// choose has a person sign in on the upstream's page, and returns the path that the browser
// is sent back to.
func (f *front) choose(at, person, consent string) (path string) {
	f.t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		f.t.Fatal(err)
	}
	form := u.Query()
	form.Set("person", person)
	form.Set("consent", consent)
	r, _ := http.NewRequestWithContext(f.t.Context(), http.MethodPost, "http://upstream"+u.Path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := f.sim.Transport().RoundTrip(r)
	if err != nil {
		f.t.Fatal(err)
	}
	_ = resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		f.t.Fatalf("the upstream: %d %v", resp.StatusCode, err)
	}
	return back.RequestURI()
}

// come brings the browser back from the upstream.
func (b *browser) come(path string) visited {
	b.t.Helper()
	return b.send(http.MethodGet, path, true, "Sec-Fetch-Site", "cross-site")
}

// signIn signs jane in.
func (b *browser) signIn() {
	b.t.Helper()
	if v := b.come(b.choose(b.begin("/"), jane, "allow")); v.Code != http.StatusOK {
		b.t.Fatalf("callback: %d %s", v.Code, v.Body)
	}
}

// session is what /auth/session tells.
type session struct {
	SignedIn bool
	Reason   string
	Owner    string
	CSRF     string `json:"csrfToken"`
}

func (b *browser) session() (s session) {
	b.t.Helper()
	v := b.get("/auth/session")
	if err := json.Unmarshal(v.Body.Bytes(), &s); err != nil || v.Code != http.StatusOK {
		b.t.Errorf("session: %d %s %v", v.Code, v.Body, err)
	}
	return s
}

// wants says what is wrong with whether, and why not, the browser is signed in.
func (b *browser) wants(signedIn bool, reason string) {
	b.t.Helper()
	if s := b.session(); s.SignedIn != signedIn || s.Reason != reason {
		b.t.Errorf("signed in: %v %s, want %v %s", s.SignedIn, s.Reason, signedIn, reason)
	}
}

// use asks something of the gateway behind the door, with a CSRF token.
func (b *browser) use(token string) error {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+"/graphql", http.NoBody)
	for _, c := range b.cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	r.Header.Set(auth.CSRFHeader, token)
	_, _, err := (&auth.Authenticator{Door: b.Door}).Admit(r, false)
	return err
}

func (b *browser) post(path string) visited {
	b.t.Helper()
	return b.send(http.MethodPost, path, false, "Origin", b.base, auth.CSRFHeader, b.session().CSRF)
}
