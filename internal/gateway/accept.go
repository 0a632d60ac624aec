package gateway

import (
	"math"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/munnerz/goautoneg"
)

// The media types of answers.
const (
	typeParts    = "multipart/mixed"
	typeEvents   = "text/event-stream"
	typeResponse = "application/graphql-response+json"
	typeJSON     = "application/json"
)

// offers are what a method can be answered with. Of equals the first is taken.
var offers = map[string][]string{
	http.MethodPost: {typeResponse, typeJSON, typeParts, typeEvents},
	http.MethodGet:  {typeResponse, typeJSON, typeEvents},
}

// inParts are offers for who asks for parts.
var inParts = map[string][]string{
	http.MethodPost: {typeParts, typeEvents, typeResponse, typeJSON},
	http.MethodGet:  {typeEvents, typeResponse, typeJSON},
}

// mayDefer says whether a query may ask for parts.
func mayDefer(p *graphql.RawParams) bool { return byHash(p) || strings.Contains(p.Query, "@defer") }

// negotiate returns the media type that r is to be answered with; "" when the client
// takes none that there is. What a client takes without naming it, by a wildcard or for
// want of a header, is plain JSON: older clients expect its statuses.
// Source: GraphQL over HTTP, "Accept"; RFC 9110, 12.5.1.
func negotiate(r *http.Request, parts bool) string {
	header := strings.Join(r.Header.Values("Accept"), ",")
	if strings.Trim(header, ", \t") == "" {
		return typeJSON
	}
	clauses := goautoneg.ParseAccept(strings.ReplaceAll(strings.ToLower(header), "\t", " "))
	best, most := "", 0.0
	choice := offers
	if parts {
		choice = inParts
	}
	for _, offer := range choice[r.Method] {
		if q := quality(clauses, offer); q > most {
			best, most = offer, q
		}
	}
	return best
}

// quality is how much a client wants a media type, by the clause that is closest to it.
func quality(clauses []goautoneg.Accept, offer string) float64 {
	kind, sub, _ := strings.Cut(offer, "/")
	q, closest := 0.0, 0
	for _, c := range clauses {
		near := 0
		switch {
		case c.Type == kind && c.SubType == sub:
			near = 3
		case offer != typeJSON:
		case c.Type == kind && c.SubType == "*":
			near = 2
		case c.Type == "*" && c.SubType == "*":
			near = 1
		}
		if near > closest {
			q, closest = min(c.Q, 1), near
			if math.IsNaN(q) {
				q = 1
			}
		}
	}
	return q
}
