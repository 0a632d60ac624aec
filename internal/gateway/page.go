package gateway

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/ringql/ringql/graph"
)

// assets are the page to try queries on, and all it needs: it works where nothing
// but the gateway can be reached. The script and the styles are built from page/src.
//
//go:embed page/index.html page/icon.svg page/graphiql.js.gz page/graphiql.css.gz page/LICENSES
var assets embed.FS

// pagePolicy lets the page load from, and send to, nobody but this gateway, and lets
// no other page frame it. Pictures in data: URLs are the editor's marks.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pages adds the page to mux, if it is wanted. What it loads is named with a version,
// which browsers need not ask for twice.
func (e *edge) pages(mux *routes) {
	if !e.cfg.Playground {
		return
	}
	page := newAsset("index.html", "text/html; charset=utf-8")
	for _, a := range []*asset{
		newAsset("graphiql.js.gz", "text/javascript; charset=utf-8"),
		newAsset("graphiql.css.gz", "text/css; charset=utf-8"),
		newAsset("icon.svg", "image/svg+xml"),
		newAsset("LICENSES", "text/plain; charset=utf-8"),
	} {
		path := "/playground/" + a.name
		mux.handle("GET "+path, e.cfg.known(a))
		page.stored = bytes.ReplaceAll(page.stored, []byte(path), []byte(path+"?"+a.version))
	}
	page.version = versionOf(page.stored)
	mux.handle("GET /{$}", e.cfg.known(page))
}

// asset is a file of the page.
type asset struct {
	name, kind string
	version    string
	stored     []byte
	unpacked   func() []byte // of what is stored compressed, else nil
}

// newAsset returns a file of the folder page. Those called .gz are stored compressed,
// and served so to whoever takes it.
func newAsset(file, kind string) *asset {
	a := &asset{name: strings.TrimSuffix(file, ".gz"), kind: kind, stored: must(assets.ReadFile("page/" + file))}
	a.version = versionOf(a.stored)
	if a.name != file {
		a.unpacked = sync.OnceValue(func() []byte {
			return must(io.ReadAll(must(gzip.NewReader(bytes.NewReader(a.stored)))))
		})
	}
	return a
}

func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, body, tag := w.Header(), a.stored, a.version
	h.Set("Content-Type", a.kind)
	h.Set("Content-Security-Policy", pagePolicy)
	if r.URL.RawQuery == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache") // kept, but asked about each time
	}
	if a.unpacked != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r) {
			h.Set("Content-Encoding", "gzip")
			tag += "-gzip"
		} else {
			body = a.unpacked()
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// takesGzip says whether r's client reads gzip.
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(coding, " ", "")), ";")
		if name == "gzip" {
			return weight == "" || strings.Trim(weight, "q=0.") != ""
		}
	}
	return false
}

func versionOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// must returns v: what is built in can only be unreadable in a broken build.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// schemaHandler serves the schema as text.
func schemaHandler(cfg Config) http.Handler {
	if !cfg.Introspection {
		return http.NotFoundHandler()
	}
	text := Schema()
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(text)) // a client that left is no concern here
	})
}

// Schema returns the schema as text, with its descriptions.
func Schema() string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(graph.NewExecutableSchema(graph.Config{}).Schema())
	// The formatter leaves out what every schema has; this one not every server has, and
	// clients' compilers look for it.
	b.WriteString("\ndirective @defer(if: Boolean = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT\n")
	return b.String()
}
