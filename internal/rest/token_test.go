package rest

import (
	"net/http"
	"testing"

	"github.com/ringql/ringql/internal/budget"
)

// Token calls and revocations are named as what they are, and spend from the Auth budget.
func TestForTokens(t *testing.T) {
	for path, want := range map[string]string{"/restapi/oauth/token": "getToken", "/restapi/oauth/revoke": "revokeToken"} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://upstream"+path, nil)
		_, _ = ForTokens()(roundTripper(func(r *http.Request) (*http.Response, error) {
			if group, id := budget.From(r.Context()); id != want || group != budget.Auth || OperationFrom(r.Context()).ID != want {
				t.Errorf("%s: %s %s", path, group, id)
			}
			return nil, http.ErrUseLastResponse
		})).RoundTrip(req)
	}
}
