package gateway

import (
	"net/http"
	"strings"

	"github.com/munnerz/goautoneg"
)

// The media types of answers. Of equals the first in an offer is taken.
const (
	typeParts    = "multipart/mixed"
	typeEvents   = "text/event-stream"
	typeResponse = "application/graphql-response+json"
	typeJSON     = "application/json"
)

// offers are what a method can be answered with.
var offers = map[string][]string{
	http.MethodPost: {typeParts, typeEvents, typeResponse, typeJSON},
	http.MethodGet:  {typeEvents, typeResponse, typeJSON},
}

// negotiate returns the media type that r is to be answered with; "" when the client
// takes none that there is. What a client takes without naming it, by a wildcard or for
// want of a header, is plain JSON: older clients expect its statuses.
// Source: GraphQL over HTTP, "Accept"; RFC 9110, 12.5.1.
func negotiate(r *http.Request) string {
	header := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(header) == "" {
		return typeJSON
	}
	clauses := goautoneg.ParseAccept(strings.ReplaceAll(strings.ToLower(header), "\t", " "))
	best, most := "", 0.0
	for _, offer := range offers[r.Method] {
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
			q, closest = c.Q, near
		}
	}
	return q
}
