package gateway

import (
	"math"
	"net/http"
	"strings"

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

// kinds are the media types that a request is answered with.
type kinds struct {
	whole string // of an answer in one piece
	parts string // of one that comes in parts; the same as whole for a client that reads none
}

// inParts says whether the client reads answers in parts.
func (k kinds) inParts() bool { return k.parts == typeParts || k.parts == typeEvents }

// negotiate returns the media types that r is to be answered with; "" when the client
// takes none that there is. What a client takes without naming it, by a wildcard or for
// want of a header, is plain JSON: older clients expect its statuses.
// Source: GraphQL over HTTP, "Accept"; RFC 9110, 12.5.1.
func negotiate(r *http.Request) kinds {
	header := strings.Join(r.Header.Values("Accept"), ",")
	if strings.Trim(header, ", \t") == "" {
		return kinds{typeJSON, typeJSON}
	}
	clauses := goautoneg.ParseAccept(strings.ReplaceAll(strings.ToLower(header), "\t", " "))
	return kinds{best(clauses, offers[r.Method]), best(clauses, inParts[r.Method])}
}

// best returns the offer that a client wants most, the first of equals.
func best(clauses []goautoneg.Accept, offers []string) string {
	choice, most := "", 0.0
	for _, offer := range offers {
		if q := quality(clauses, offer); q > most {
			choice, most = offer, q
		}
	}
	return choice
}

// ourParts says whether parts asked for with these parameters are of the format there is.
func ourParts(params map[string]string) bool {
	if _, other := params["incrementalspec"]; other { // the header was put in small letters
		return false
	}
	spec, said := params["deferspec"]
	return !said || spec == "20220824"
}

// quality is how much a client wants a media type, by the clause that is closest to it.
func quality(clauses []goautoneg.Accept, offer string) float64 {
	kind, sub, _ := strings.Cut(offer, "/")
	q, closest := 0.0, 0
	for _, c := range clauses {
		near := 0
		switch {
		case c.Type == kind && c.SubType == sub:
			if offer == typeParts && !ourParts(c.Params) {
				continue
			}
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
