package gateway

import (
	"net/http"
	"testing"
)

func TestNegotiate(t *testing.T) {
	for _, tt := range []struct{ method, accept, want string }{
		{"POST", "", typeJSON},
		{"POST", "  ", typeJSON},
		{"POST", "*/*", typeJSON},
		{"POST", "application/*", typeJSON},
		{"POST", "application/json", typeJSON},
		{"POST", "application/json; charset=utf-8", typeJSON},
		{"POST", "APPLICATION/JSON", typeJSON},
		{"POST", "application/graphql-response+json", typeResponse},
		{"POST", "application/graphql-response+json, application/json", typeResponse},
		{"POST", "application/json, application/graphql-response+json", typeResponse},
		{"POST", "application/json;q=0.9, application/graphql-response+json;q=0.8", typeJSON},
		{"POST", "application/json;q=0.1,\tapplication/graphql-response+json;q=0.2", typeResponse},
		{"POST", "application/graphql-response+json;q=0, */*", typeJSON},
		{"POST", "application/json;q=0, */*", ""},
		{"POST", "application/json;q=0, application/graphql-response+json", typeResponse},
		{"POST", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", typeJSON},
		{"POST", "multipart/mixed;deferSpec=20220824, application/json", typeJSON},
		{"POST", "multipart/mixed, application/json;q=0.9", typeParts},
		{"POST", "multipart/mixed;deferSpec=20220824", typeParts},
		{"POST", "multipart/mixed;deferSpec=20991231", ""},
		{"POST", "multipart/mixed;incrementalSpec=v0.2, application/json;q=0.5", typeJSON},
		{"POST", "multipart/mixed;incrementalSpec=v0.2, multipart/mixed;deferSpec=20220824, application/json;q=0.5", typeParts},
		{"POST", "text/event-stream;q=inf, application/json", typeJSON},
		{"POST", "application/json;q=nan", typeJSON},
		{"POST", ",,,", typeJSON},
		{"POST", "multipart/mixed;q=0.5, application/json", typeJSON},
		{"POST", "text/event-stream", typeEvents},
		{"POST", "text/*", ""},
		{"POST", "image/png", ""},
		{"POST", "application/xml, text/html", ""},
		{"POST", "nonsense", ""},
		{"POST", ",,;q=,/,a/b/c", ""},
		{"GET", "text/event-stream", typeEvents},
		{"GET", "multipart/mixed", ""},
		{"GET", "application/graphql-response+json;q=1, application/json;q=1", typeResponse},
	} {
		r := &http.Request{Method: tt.method, Header: http.Header{"Accept": {tt.accept}}}
		if got := negotiate(r).whole; got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.method, tt.accept, got, tt.want)
		}
	}
	two := &http.Request{Method: http.MethodPost, Header: http.Header{"Accept": {"text/html", "application/json"}}}
	if got := negotiate(two).whole; got != typeJSON {
		t.Errorf("two headers: %q", got)
	}
	apollo := &http.Request{Method: http.MethodPost, Header: http.Header{"Accept": {"multipart/mixed;deferSpec=20220824, application/json"}}}
	if got := negotiate(apollo).parts; got != typeParts {
		t.Errorf("for a query in parts: %q", got)
	}
}
