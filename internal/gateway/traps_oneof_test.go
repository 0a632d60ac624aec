package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestTrapOfOneOf is about values of variables for an input that takes exactly one of its
// fields. Our schema has no such input yet, so the check of variables is tried on another.
func TestTrapOfOneOf(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		type Query { find(by: By!): Boolean, all(by: [By!], within: Within): Boolean }
		input Within { by: By }
		input By @oneOf { id: ID, name: String }`})
	serve := func(use ...graphql.HandlerExtension) http.Handler {
		srv := handler.New(&graphql.ExecutableSchemaMock{
			SchemaFunc: func() *ast.Schema { return schema },
			ExecFunc: func(context.Context) graphql.ResponseHandler {
				return graphql.OneShot(&graphql.Response{Data: []byte(`{"find":true}`)})
			},
		})
		srv.AddTransport(transport.POST{})
		for _, ext := range use {
			srv.Use(ext)
		}
		return srv
	}
	check := func(h http.Handler) error {
		const find, all, within = "query ($v: By!) { find(by: $v) }", "query ($v: [By!]) { all(by: $v) }", "query ($v: Within) { all(within: $v) }"
		for _, tt := range []struct {
			query, value string
			good         bool
		}{
			{find, `{"id":"1"}`, true}, {find, `{"name":"x"}`, true}, {all, `[{"id":"1"},{"name":"x"}]`, true}, {within, `{"by":{"id":"1"}}`, true}, {within, `{"by":null}`, true},
			{find, `{"id":"1","name":"x"}`, false}, {find, `{}`, false}, {find, `{"id":null}`, false}, {find, `{"id":"1","name":null}`, false},
			{all, `[{"id":"1"},{}]`, false}, {within, `{"by":{"id":"1","name":"x"}}`, false},
		} {
			r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(fmt.Sprintf(`{"query":%q,"variables":{"v":%s}}`, tt.query, tt.value)))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if carried := strings.Contains(w.Body.String(), `"find":true`); carried != tt.good {
				return fmt.Errorf("%s with %s is carried out: %v: %s", tt.query, tt.value, carried, w.Body)
			}
		}
		return nil
	}
	if err := check(serve()); err == nil || !strings.Contains(err.Error(), "is carried out: true") {
		t.Errorf("the stock wiring: %v", err)
	}
	if err := check(serve(variables{schema})); err != nil {
		t.Error(err)
	}
}
