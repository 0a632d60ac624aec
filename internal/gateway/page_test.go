package gateway_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
)

var pagePaths = []string{"/", "/playground/graphiql.js", "/playground/graphiql.css", "/playground/icon.svg", "/playground/LICENSES"}

func newPage(t *testing.T, cfg gateway.Config) http.Handler {
	t.Helper()
	cfg.REST, cfg.Gate = rest.New(rest.Config{BaseURL: "http://upstream"}), budget.NewGate()
	g, err := gateway.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// getPage asks h for path with headers, given as name, value, and so on.
func getPage(t *testing.T, h http.Handler, path string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp := w.Result()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// The page works on a closed network, and its policy is one that a browser can hold
// it to: nothing from another host, no script and no style written into it.
func TestPageNamesNoOtherHost(t *testing.T) {
	h := newPage(t, gateway.Config{Playground: true})
	_, page := getPage(t, h, "/")
	for _, bad := range []string{`<script>`, `<style`, `\sstyle=`, `\son\w+=`, `javascript:`, `//`} {
		if m := regexp.MustCompile(bad).Find(page); m != nil {
			t.Errorf("the page has %q", m)
		}
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllSubmatch(page, -1)
	if len(links) != 4 {
		t.Errorf("the page names %d files", len(links))
	}
	for _, l := range links {
		path := string(l[1])
		if path == "/schema.graphql" {
			continue
		}
		resp, _ := getPage(t, h, path)
		if cache := resp.Header.Get("Cache-Control"); resp.StatusCode != http.StatusOK || cache != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %s, Cache-Control %q", path, resp.Status, cache)
		}
	}
	_, css := getPage(t, h, "/playground/graphiql.css")
	if m := regexp.MustCompile(`@import|@font-face|url\(['"]?[^d'"]`).Find(css); m != nil {
		t.Errorf("the style sheet loads something: %q", m)
	}
}

func TestPageHeaders(t *testing.T) {
	h := newPage(t, gateway.Config{Playground: true})
	for _, path := range pagePaths {
		resp, _ := getPage(t, h, path)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, resp.Status)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
				"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Referrer-Policy":              "no-referrer",
			"X-Content-Type-Options":       "nosniff",
			"Cache-Control":                "no-cache",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	for path, want := range map[string]string{
		"/":                        "text/html; charset=utf-8",
		"/playground/graphiql.js":  "text/javascript; charset=utf-8",
		"/playground/graphiql.css": "text/css; charset=utf-8",
		"/playground/icon.svg":     "image/svg+xml",
	} {
		if resp, _ := getPage(t, h, path); resp.Header.Get("Content-Type") != want {
			t.Errorf("%s is %s", path, resp.Header.Get("Content-Type"))
		}
	}
}

func TestPageCompression(t *testing.T) {
	h := newPage(t, gateway.Config{Playground: true})
	for accept, want := range map[string]string{
		"": "", "br": "", "gzip;q=0": "", "gzip; q=0.0, br": "", "xgzip": "", "*": "",
		"gzip": "gzip", "deflate, GZIP;q=0.5": "gzip", "br;q=1.0, gzip; q=1.0": "gzip",
	} {
		resp, body := getPage(t, h, "/playground/graphiql.js", "Accept-Encoding", accept)
		if got := resp.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: Content-Encoding is %q", accept, got)
		}
		if resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary is missing", accept)
		}
		if want == "gzip" {
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(body, []byte("/* Licences: /playground/LICENSES */")) || !bytes.Contains(body, []byte("RingQL")) {
			t.Errorf("Accept-Encoding %q: this is not the page's script", accept)
		}
	}
}

// Each form of a file has a tag of its own, by which a browser can ask for it again.
func TestPageCaching(t *testing.T) {
	h := newPage(t, gateway.Config{Playground: true})
	seen := map[string]string{}
	for _, path := range pagePaths {
		for _, accept := range []string{"", "gzip"} {
			resp, _ := getPage(t, h, path, "Accept-Encoding", accept)
			tag := resp.Header.Get("ETag")
			what := path + " " + resp.Header.Get("Content-Encoding")
			if other, ok := seen[tag]; tag == "" || ok && other != what {
				t.Errorf("%s: ETag %s is that of %s", what, tag, other)
			}
			seen[tag] = what
			if resp, body := getPage(t, h, path, "Accept-Encoding", accept, "If-None-Match", tag); resp.StatusCode != http.StatusNotModified || len(body) > 0 {
				t.Errorf("%s, asked for again: %s, %d bytes", what, resp.Status, len(body))
			}
		}
	}
	// Another version's address, as from a page that an older replica sent.
	if resp, _ := getPage(t, h, "/playground/graphiql.js?0123456789abcdef"); resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("another version: %s, %s", resp.Status, resp.Header.Get("Cache-Control"))
	}
}

func TestPageIsGuarded(t *testing.T) {
	off, named := newPage(t, gateway.Config{}), newPage(t, gateway.Config{Playground: true, Web: gateway.Web{Hosts: []string{"ringql.example"}}})
	for _, path := range pagePaths {
		if resp, _ := getPage(t, off, path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s, where it is not wanted: %s", path, resp.Status)
		}
		if resp, _ := getPage(t, named, "http://elsewhere.example"+path); resp.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s, by another host name: %s", path, resp.Status)
		}
		if resp, _ := getPage(t, named, "http://ringql.example"+path); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	for _, path := range []string{"/playground/", "/playground/index.html", "/playground/src/main.jsx", "/index.html"} {
		if resp, _ := getPage(t, named, "http://ringql.example"+path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	w := httptest.NewRecorder()
	named.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://ringql.example/", strings.NewReader("{}")))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /: %d", w.Code)
	}
}
