package budget

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// Scope says what a refusal for rate closes.
type Scope string

// What a refusal for rate can close.
const (
	OfNothing Scope = "nothing" // the call came twice at once: the next is as good as any
	OfGroup   Scope = "group"   // one group of one person
	OfPerson  Scope = "person"  // all groups of one person
	OfApp     Scope = "app"     // everything this app sends
)

// everything is the book of what closes all groups of all people.
const everything Group = "everything"

// scope returns what a 429 closes, by its headers and the code in its body. A limit of
// the usage plan is told by headers; without them, it is a limit of another kind.
// https://developers.ringcentral.com/guide/basics/rate-limits and .../errors
func scope(code string, h http.Header, unnamed Scope) Scope {
	switch code {
	case "CMN-304": // "Duplicate concurrent request"
		return OfNothing
	case "CMN-310": // "Global request rate exceeded": of all that come from one address
		return OfApp
	case "CMN-303": // "Can not resolve API plan": nothing is said of other calls
		return OfGroup
	}
	for _, name := range []string{"X-Rate-Limit-Group", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Window"} {
		if h.Get(name) != "" {
			return OfGroup
		}
	}
	return unnamed
}

// lone is who was refused last by a limit that was taken for one person's, and until when.
type lone struct {
	who string
	end time.Time
}

// widen closes everything when a limit that was taken for one person's refuses a second one
// meanwhile, or the call that goes first after everything was closed: it is an account's.
// Else each person would find out alone, and start the penalty anew for the others. Token
// calls are limited elsewhere, and say nothing of other calls.
func (g *Gate) widen(ctx context.Context, who string, a answer) {
	if a.group == Auth {
		return
	}
	now, closed := time.Now(), away(a.header)
	g.mu.Lock()
	wide := g.all.Unproven || g.lone.who != who && g.lone.end.After(now)
	g.lone = lone{who, now.Add(closed)}
	g.mu.Unlock()
	if wide {
		g.shutAll(ctx, closed)
	}
}

// shutAll lets nobody send anything for a while, here and in other replicas: they are taken
// to have one address.
func (g *Gate) shutAll(ctx context.Context, d time.Duration) {
	g.mu.Lock()
	g.all.shut(time.Now(), d)
	d = time.Until(g.all.Closed)
	g.mu.Unlock()
	_ = g.update(ctx, g.key("", everything), func(now time.Time, b *Book) { b.shutUntil(now.Add(d)) })
}

// hearOfAll takes over that another replica has closed everything.
func (g *Gate) hearOfAll(ctx context.Context) {
	var closed time.Duration
	g.look(ctx, g.key("", everything), func(now time.Time, b *Book) { closed = b.Closed.Sub(now) })
	g.mu.Lock()
	defer g.mu.Unlock()
	if end := time.Now().Add(closed); closed > 0 && end.After(g.all.Closed) {
		g.all.shutUntil(end)
	}
}

// peeked bounds how much of a refusal is read for its code.
const peeked = 4 << 10

var rateCode = regexp.MustCompile(`"errorCode"\s*:\s*"(CMN-3\d\d)"`)

// peek returns the code in the body of a refusal, which can still be read whole.
func peek(resp *http.Response) (code string) {
	if resp.Body == nil {
		return ""
	}
	start, err := io.ReadAll(io.LimitReader(resp.Body, peeked))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failing{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(slices.Clip(start)), rest), resp.Body}
	if m := rateCode.FindSubmatch(start); m != nil {
		code = string(m[1])
	}
	return code
}

// failing is what is left of a body that broke off.
type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }
