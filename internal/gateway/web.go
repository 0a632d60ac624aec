package gateway

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/rs/cors"

	"github.com/ringql/ringql/internal/auth"
)

// Web says who may ask over the web, and how much. Its zero value is good for one machine.
type Web struct {
	Hosts       []string // Host headers that are answered, without ports; none means all
	Origins     []string // whose pages may ask from browsers, beside the gateway's own: https://app.example.com
	Rate        int      // requests, and operations on sockets, of one client in a second, twice as many at once; zero means any
	Trusted     []byte   // the manifest of documents that are known; nil means that any is carried out
	TrustedMode string   // what is done about others: enforce, or log
}

// apiPolicy is for answers that are no pages: a browser that shows one runs nothing of it.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// guards are the headers of every answer. A page sets a policy of its own.
var guards = map[string][]string{
	"Content-Security-Policy":      {apiPolicy},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Referrer-Policy":              {"no-referrer"},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"},
}

// onlyHTTPS has browsers come by HTTPS alone for a year, whatever a link says: one request
// without it, and a cookie could be planted.
const onlyHTTPS = "max-age=31536000"

// guarded puts the guards on all that h answers, and lets pages of listed origins ask it.
func guarded(h http.Handler, cfg Config) http.Handler {
	if len(cfg.Origins) > 0 {
		h = cors.New(cors.Options{
			AllowedOrigins:   cfg.Origins,
			AllowCredentials: true,
			AllowedMethods:   []string{http.MethodGet, http.MethodPost},
			AllowedHeaders:   askHeaders,
			ExposedHeaders:   []string{"X-Request-Id", "Retry-After"},
			MaxAge:           600, // seconds
		}).Handler(h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := w.Header()
		for name, value := range guards {
			set[name] = value[:1:1] // whoever adds to one makes a copy
		}
		if door := cfg.Auth.Door; door != nil && door.Origin() != "" {
			set.Set("Strict-Transport-Security", onlyHTTPS)
		}
		h.ServeHTTP(w, r)
	})
}

// askHeaders are what pages of listed origins may send.
var askHeaders = append([]string{"Accept", "Authorization", "Content-Type", "Last-Event-Id", "X-Request-Id"}, ownHeaders...)

// ownHeaders are headers that no browser sends across sites without asking first.
var ownHeaders = []string{auth.KeyHeader, auth.CSRFHeader, planWish.header, priorityWish.header, "GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name"}

// knownHost says whether the gateway answers for the host that r names. A page of
// another site can point its own name at this machine; its requests name it.
func (w *Web) knownHost(r *http.Request) bool {
	if len(w.Hosts) == 0 {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return slices.ContainsFunc(w.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// known wraps a page in the check of the host.
func (w *Web) known(h http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if !w.knownHost(r) {
			http.Error(out, sayHost, http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(out, r)
	})
}

const sayHost = "This gateway does not answer for this host name: see RINGQL_HOSTS."
