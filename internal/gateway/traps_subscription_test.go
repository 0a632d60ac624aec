package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/testserver"
	"github.com/99designs/gqlgen/graphql/handler/transport"
)

// TestTrapOfSubscriptions is about a subscription by plain POST: it is refused with a hint,
// and not answered by its first event alone. Our schema has none yet, so our transport is
// tried on another.
func TestTrapOfSubscriptions(t *testing.T) {
	post := func(tr graphql.Transport, k kinds) string {
		toy := testserver.New()
		toy.AddTransport(tr)
		go func() {
			toy.SendNextSubscriptionMessage()
			toy.SendCompleteSubscriptionMessage()
		}()
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"subscription { name }"}`))
		r.Header.Set("Content-Type", "application/json")
		r = r.WithContext(withRequest(r.Context(), &request{&graphql.RawParams{Query: "subscription { name }"}, k}))
		w := httptest.NewRecorder()
		toy.ServeHTTP(w, r)
		return w.Body.String()
	}
	if got := post(transport.POST{}, kinds{}); !strings.Contains(got, `"data":{`) {
		t.Errorf("the stock wiring does not answer by the first event: %s", got)
	}
	ours := httpTransport{reader{mostErrors: 10}}
	for _, kind := range []string{typeJSON, typeResponse, typeParts} {
		if got := post(ours, kinds{kind, kind}); !strings.Contains(got, "text/event-stream, or use a WebSocket") || strings.Contains(got, `"data"`) {
			t.Errorf("%s: %s", kind, got)
		}
	}
	if got := post(ours, kinds{typeEvents, typeEvents}); !strings.Contains(got, `"data":{`) || !strings.HasSuffix(got, "event: complete\ndata:\n\n") {
		t.Errorf("events: %s", got)
	}
}
