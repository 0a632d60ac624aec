package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// fuzzDoor is a door with one session, of handle.
func fuzzDoor(f *testing.F) (d *Door, handle string) {
	f.Helper()
	noCalls := roundTripper(func(*http.Request) (*http.Response, error) {
		f.Error("a call for a cookie")
		return nil, errors.ErrUnsupported
	})
	cfg := DoorConfig{URL: "https://gateway.example", Key: base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))}
	d, err := NewDoor(App{ServerURL: "https://upstream.example", ClientID: "x"}, noCalls, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	now := time.Now()
	g := &Grant{Owner: "1", access: NewSecret("a"), refresh: NewSecret("r"), since: now, end: now.Add(12 * time.Hour), refreshEnd: now.Add(24 * time.Hour)}
	if handle, err = d.sessions.Start(f.Context(), g, "", ""); err != nil {
		f.Fatal(err)
	}
	return d, handle
}

// Whatever stands in a Cookie header, it opens a session only by its whole handle, and an
// attempt only by what was sealed for its state. HANDLE and SEALED stand for these.
func FuzzCookies(f *testing.F) {
	d, handle := fuzzDoor(f)
	const state = "STATE"
	name := d.named(attemptPrefix + state)
	begun := attempt{Verifier: "v", ReturnTo: "/x", Redirect: "https://gateway.example" + Callback, End: time.Now().Add(12 * time.Hour)}
	plain, err := json.Marshal(begun)
	if err != nil {
		f.Fatal(err)
	}
	sealed := base64.RawURLEncoding.EncodeToString(d.cipher.Seal(name, plain))
	put := strings.NewReplacer("HANDLE", handle, "SEALED", sealed)
	for _, header := range []string{
		"", "__Host-ringql=HANDLE", "__Host-ringql=HANDLEx", "ringql=HANDLE", "__Host-ringql=; __Host-ringql=HANDLE", `__Host-ringql="HANDLE"`,
		"__Host-ringql=" + strings.Repeat("A", 43), "__Host-ringql=SEALED", "a=b; " + name + "=SEALED; __Host-ringql=HANDLE", name + "=HANDLE",
		name + "=SEALEDA", name + "=AQ", name + "=", d.named(attemptPrefix+"OTHER") + "=SEALED", name + "=%00;;=", "__Host-ringql=session:0",
	} {
		for _, s := range []string{state, "OTHER", "", "S TATE=x"} {
			f.Add(header, s)
		}
	}
	f.Fuzz(func(t *testing.T, header, asked string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://gateway.example/graphql", http.NoBody)
		r.Header["Cookie"] = []string{put.Replace(header)}
		shown := d.handle(r)
		s, err := d.Visit(r)
		if over := (*Over)(nil); (s != nil) != (shown == handle) || err != nil && (!errors.As(err, &over) || over.Reason != Unknown) || shown == "" && err != nil {
			t.Errorf("%q: %v, %v", header, s, err)
		}
		if key, ok := keyOf(shown); ok && strings.Contains(key, shown) {
			t.Errorf("%q is stored as %q", shown, key)
		}
		a, under := d.attempt(r, asked)
		c, _ := r.Cookie(name)
		if good := asked == state && c != nil && c.Value == sealed; good != (a != nil) || a != nil && (under != name || a.Verifier != begun.Verifier || a.ReturnTo != begun.ReturnTo) {
			t.Errorf("%q opens %+v by %q", asked, a, header)
		}
	})
}

// What is sealed opens at its place as it was, and nothing else opens: not elsewhere, not
// with a byte changed, not by another's key.
func FuzzSealed(f *testing.F) {
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }
	c, err := NewCipher(key(1), key(2))
	old, oldErr := NewCipher(key(2))
	foreign, foreignErr := NewCipher(key(3))
	if err := errors.Join(err, oldErr, foreignErr); err != nil {
		f.Fatal(err)
	}
	f.Add("session:1", "session:2", []byte("plain"), uint(0), byte(1), []byte("\x01raw"))
	f.Add("", "owner:", []byte{}, uint(5), byte(0x80), []byte{})
	f.Add("lease:a", "lease:a\x00", []byte("null"), uint(1000), byte(0), c.Seal("lease:a", []byte("x")))
	f.Fuzz(func(t *testing.T, place, other string, plain []byte, at uint, flip byte, raw []byte) {
		for _, by := range []*Cipher{c, old} {
			sealed := by.Seal(place, plain)
			if got, err := c.Open(place, sealed); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%q came back as %q, %v", plain, got, err)
			}
			if _, err := c.Open(other, sealed); (err == nil) != (place == other) {
				t.Errorf("sealed for %q, opened at %q: %v", place, other, err)
			}
			if _, err := foreign.Open(place, sealed); err == nil {
				t.Error("a foreign key opens it")
			}
			if len(plain) > 8 && bytes.Contains(sealed, plain) {
				t.Errorf("%q can be read", plain)
			}
			if _, err := c.Open(place, sealed[:at%uint(len(sealed))]); err == nil {
				t.Error("a part of it opens")
			}
			if _, err := c.Open(place, append(bytes.Clone(sealed), raw...)); err == nil && len(raw) > 0 {
				t.Error("more than it opens")
			}
			if sealed[at%uint(len(sealed))] ^= flip; flip != 0 {
				if _, err := c.Open(place, sealed); err == nil {
					t.Error("it opens though it was changed")
				}
			}
		}
		if _, err := foreign.Open(place, raw); err == nil {
			t.Errorf("%q opens, which nobody sealed", raw)
		}
	})
}

// taken is the part of the WHATWG URL standard that leads to other sites: how a browser
// tidies an address before it reads it.
var taken = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")

// Wherever a sign-in is to return to, it is this gateway, also as a browser reads it from
// the page.
func FuzzReturnTo(f *testing.F) {
	for _, s := range []string{
		"", "/", "/a?b=c#d", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "\t//evil.example", "/\n/evil.example",
		"https:evil.example", "https://evil.example", "javascript:alert(1)", "/%2f/evil.example", "/%5cevil.example", "/..//evil.example", "/.//evil.example", "/@evil.example",
		" //evil.example", "/\u2028/evil.example", "/\u00a0", "/'\"><script>", "/;url=//evil.example", "/,//evil.example", "/a;url='//evil.example'", "/\x00//", "/\x7f", "/é", "/\xff", ":@/",
	} {
		f.Add(s)
	}
	base, err := url.Parse("https://gateway.example" + Callback)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, to string) {
		path, ok := local(to)
		if !ok {
			if path != "" {
				t.Errorf("%q is refused and yet %q", to, path)
			}
			return
		}
		if path != to && to != "" {
			t.Errorf("%q became %q", to, path)
		}
		w := httptest.NewRecorder()
		new(Door).page(w, http.StatusOK, page{Title: "You are signed in", Link: path, Say: "Go on", Next: path})
		for _, quote := range []string{`content="0;url=`, `<a href="`} {
			_, rest, _ := strings.Cut(w.Body.String(), quote)
			text, _, _ := strings.Cut(rest, `"`)
			read := taken.Replace(strings.TrimFunc(html.UnescapeString(text), func(r rune) bool { return r <= ' ' }))
			u, err := url.Parse(read)
			if err != nil || !strings.HasPrefix(read, "/") || strings.HasPrefix(read, "//") {
				t.Fatalf("%q is read as %q, %v", to, read, err)
			}
			if u = base.ResolveReference(u); u.Scheme != base.Scheme || u.Host != base.Host || u.User != nil {
				t.Errorf("%q leads to %s", to, u)
			}
		}
	})
}
