package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// aliases writes a field so many times.
func aliases(n int, field func(i int) string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d: %s", i, field(i))
	}
	return b.String()
}

// below is what hostile queries select on each of many phone numbers.
const below = ` fragment G on PhoneNumberConnection { nodes { extension { phoneNumbers(first: 1) { nodes { extension { name
	usablePhoneNumbers(first: 1) { nodes { extension { name devices(first: 1) { nodes { extension { name
	forwardingNumbers(first: 1) { nodes { extension { name } } } } } } } } } } } } } } }`

// hostile are queries that are within every limit of a document, and dear to price.
func hostile() map[string]string {
	long := strings.Repeat("x", 4000)
	return map[string]string{
		"accounts": "{" + aliases(90, func(i int) string {
			return fmt.Sprintf("account(id: %d) { extensions(first: 1, filter: {status: [ENABLED]}) { totalCount } phoneNumbers(first: 1) { ...G } }", 5000+i)
		}) + "}" + below,
		"filters": "{ account {" + aliases(190, func(i int) string {
			return fmt.Sprintf("extensions(first: 1, filter: {extensionNumber: \"%d%s\"}) { ...F }", i, long)
		}) + "} } fragment F on ExtensionConnection { nodes { name devices(first: 1) { totalCount } } }",
		"lists": "{ account {" + aliases(60, func(i int) string { return fmt.Sprintf("phoneNumbers(first: %d) { ...G }", i+1) }) + "} }" + below,
	}
}

// The price of a hostile query must be no burden: it is known within milliseconds.
func BenchmarkPrice(b *testing.B) {
	s, err := sim.New(sim.Config{Limits: unlimited})
	if err != nil {
		b.Fatal(err)
	}
	gate := budget.NewGate()
	g, err := gateway.New(gateway.Config{Gate: gate, REST: rest.New(rest.Config{
		BaseURL: "http://upstream", Who: auth.Key, Transport: rest.Chain(s.Transport(), auth.Transport(), budget.Transport(gate, auth.Key)),
	})})
	if err != nil {
		b.Fatal(err)
	}
	bearer := "Bearer " + s.Token(sim.AdministratorID)
	for name, query := range hostile() {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
				r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {bearer}, "X-Ringql-Plan": {"dry-run"}}
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				if !strings.Contains(w.Body.String(), `"fits"`) {
					b.Fatalf("%.500s", w.Body)
				}
			}
		})
	}
}
