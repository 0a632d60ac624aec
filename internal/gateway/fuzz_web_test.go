package gateway

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"github.com/ringql/ringql/internal/auth"
)

// Of a manifest that is read, each document is found by its id and by its text, and no
// other text is carried out while the manifest is enforced.
func FuzzManifest(f *testing.F) {
	for _, manifest := range []string{
		`{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"a","name":"A","type":"query","body":"{ a }"}]}`,
		`{"a":"{ a }","b":"{ b }"}`, `{"sha256:a":"{ a }"}`, `{"a":"{ a }","sha256:a":"{ b }"}`, `{"operations":"{ a }"}`, `{"operations":[{"id":"a","body":"{ a }"},{"id":"a","body":"{ b }"}]}`,
		`{"OPERATIONS":[{"ID":"a","Body":"{ a }"}]}`, `{"a":null}`, `null`, `[]`, `{"operations":[null]}`, `{"a":"{ a }"} x`, `{"\u0000":"{ a }"}`, `{"a":"{ a }","a":"{ b }"}`,
	} {
		f.Add([]byte(manifest), "", "{ a }", "a")
		f.Add([]byte(manifest), "log", "{ c }", "sha256:a")
	}
	f.Fuzz(func(t *testing.T, manifest []byte, mode, query, id string) {
		m, err := readTrusted(manifest, mode)
		if (m == nil) != (err != nil || manifest == nil) || err != nil && !strings.HasPrefix(err.Error(), "RINGQL_TRUSTED_DOCUMENTS") {
			t.Fatalf("%v, %v", m, err)
		}
		if m == nil {
			return
		}
		for id, text := range m.byID {
			by := &graphql.RawParams{Extensions: map[string]any{documentID: id}}
			if known, err := m.settle(by); !known || err != nil || by.Query != text {
				t.Errorf("by id %q: %q, %v", id, by.Query, err)
			}
			by = &graphql.RawParams{Query: text}
			if known, err := m.settle(by); !known || err != nil || by.Query != text {
				t.Errorf("by text %q: %v", text, err)
			}
		}
		for _, extensions := range []map[string]any{nil, {documentID: id}, {persistedQuery: map[string]any{"sha256Hash": id}}, {documentID: 1.0, persistedQuery: id}} {
			by := &graphql.RawParams{Query: query, Extensions: extensions}
			known, err := m.settle(by)
			if known && (err != nil || !m.texts[by.Query] || query != "" && by.Query != query) {
				t.Errorf("%q with %v became %q, %v", query, extensions, by.Query, err)
			}
			if !known && err == nil && (m.enforce || by.Query != query || m.texts[query]) {
				t.Errorf("%q with %v is carried out as %q", query, extensions, by.Query)
			}
		}
	})
}

// Whatever a socket's first message shows, it acts for the session only by its CSRF token,
// for the service only by a key, and else for whoever the token it shows is of.
func FuzzInit(f *testing.F) {
	const csrf, key = "the-csrf-token", "0123456789abcdef0123456789abcdef"
	keys, err := auth.NewKeys([]string{"app=" + key})
	if err != nil {
		f.Fatal(err)
	}
	service := auth.NewService(auth.Credential{}, nil)
	session := &auth.Session{CSRF: auth.NewSecret(csrf), Person: &auth.Person{Key: "session:1"}}
	for _, payload := range []string{
		"", "null", "[]", "{}", `{"Authorization":"Bearer abc"}`, `{"authorization":"bearer abc"}`, `{"Authorization":"Basic abc"}`, `{"Authorization":["Bearer abc"]}`, `{"Authorization":"","authorization":"Bearer x"}`,
		`{"X-RingQL-Key":"` + key + `"}`, `{"x-ringql-key":"` + key + `"}`, `{"X-RingQL-Key":"` + key + `0"}`, `{"X-RingQL-Key":"` + key + `","Authorization":"Bearer abc"}`,
		`{"X-RingQL-CSRF":"` + csrf + `"}`, `{"X-RingQL-CSRF":"` + csrf + `","Authorization":"Bearer abc"}`, `{"X-RingQL-CSRF":""}`, `{"X-RingQL-CSRF":null}`, `{"X-RingQL-CSRF":"` + csrf + `","X-RingQL-CSRF":"x"}`, `{"X-RingQL-CSRF":{"a":"` + csrf + `"}}`,
	} {
		for _, signedIn := range []bool{true, false} {
			f.Add([]byte(payload), signedIn, true)
			f.Add([]byte(payload), signedIn, false)
		}
	}
	f.Fuzz(func(t *testing.T, message []byte, signedIn, keyed bool) {
		var payload transport.InitPayload
		if json.Unmarshal(message, &payload) != nil {
			return
		}
		a, ctx := &auth.Authenticator{Service: service}, t.Context()
		if keyed {
			a.Keys = keys
		}
		if signedIn {
			ctx = withSession(ctx, session)
		}
		out, err := identified(ctx, a, payload)
		got := auth.From(out)
		header, shown := payload.Authorization(), payload.GetString(auth.KeyHeader)
		switch bare := header == "" && shown == ""; {
		case err != nil:
			if got != nil || !errors.Is(err, auth.ErrCSRF) && !errors.Is(err, auth.ErrKey) && !errors.Is(err, auth.ErrMalformed) || strings.Contains(err.Error(), "abc") {
				t.Errorf("%s: %v, %v", message, got, err)
			}
		case got == nil:
			if signedIn && bare {
				t.Errorf("%s: nobody, and no error", message)
			}
		case got == session.Person:
			if !signedIn || !bare || payload.GetString(auth.CSRFHeader) != csrf || sessionFrom(out) != session {
				t.Errorf("%s acts for the session", message)
			}
		case got.Key == service.Key:
			if header != "" || keyed != (got.Client == "app") || keyed && shown != key {
				t.Errorf("%s acts for the service as %q", message, got.Client)
			}
		case !strings.HasPrefix(got.Key, "bearer:") || header == "" || sessionFrom(out) != nil:
			t.Errorf("%s acts for %s", message, got.Key)
		}
	})
}
