package gateway

import (
	"net"
	"net/http"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/ringql/ringql/internal/auth"
)

// mostClients bounds the memory of who asked how often; who was not seen for longest is
// forgotten first, and may ask anew.
const mostClients = 10_000

// rates bounds how often each client asks: one that asks without end must not take the
// gateway from the others, whatever it asks costs upstream.
type rates struct {
	each rate.Limit
	seen *lru.Cache[string, *rate.Limiter]
}

// newRates lets each client ask perSecond times a second; any number for zero.
func newRates(perSecond int) *rates {
	if perSecond <= 0 {
		return nil
	}
	return &rates{rate.Limit(perSecond), mustLRU[string, *rate.Limiter](mostClients)}
}

// take lets a client ask once; if it must not, it says how long it has to wait.
func (r *rates) take(client string) time.Duration {
	if r == nil {
		return 0
	}
	l, ok := r.seen.Get(client)
	if !ok {
		l = rate.NewLimiter(r.each, 2*int(r.each))
		if was, there, _ := r.seen.PeekOrAdd(client, l); there {
			l = was
		}
	}
	one := l.Reserve()
	wait := one.Delay()
	if wait > 0 {
		one.Cancel() // who is refused does not pay for it
	}
	return wait
}

// clientOf tells clients apart: by who they are if they have shown it, else by where they
// come from. All behind one proxy that show nothing count as one.
func clientOf(r *http.Request, p *auth.Person) string {
	if p.Shown() {
		return p.Key + p.Client
	}
	if p != nil && p.Client != "" {
		return "client:" + p.Client
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return "address:" + host
}

// tooFast refuses a client that asks too often.
func tooFast(wait time.Duration) *fault {
	return &fault{status: http.StatusTooManyRequests, code: codeRateLimited, say: "You ask this gateway too often: see RINGQL_MAX_RATE.", wait: wait}
}

// limited lets nobody ask h too often, by where they come from.
func (e *edge) limited(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := e.rates.take(clientOf(r, nil)); wait > 0 {
			tooFast(wait).write(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}
