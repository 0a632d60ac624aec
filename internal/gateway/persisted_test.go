package gateway_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// hashed is a request for a query by its hash, with its text if that is not empty.
func hashed(hash, text string) map[string]any {
	p := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}}
	if text != "" {
		p["query"] = text
	}
	return p
}

func hashOf(query string) string {
	sum := sha256.Sum256([]byte(query))
	return hex.EncodeToString(sum[:])
}

// A query is sent once in full, and by its hash from then on, by POST and by GET.
func TestPersistedQuery(t *testing.T) {
	s := newStack(t, nil)
	post := func(p map[string]any) answer {
		body, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return s.send(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Authorization", "Bearer "+s.token)
	}
	get := func(hash string) answer {
		ext := fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, hash)
		return s.send(t, http.MethodGet, "/graphql?extensions="+url.QueryEscape(ext), "", "Authorization", "Bearer "+s.token)
	}
	const query, want = "{ account { mainNumber } }", "+18555440014"
	if a := post(hashed(hashOf(query), "")); a.code() != "PERSISTED_QUERY_NOT_FOUND" || !strings.Contains(a.text, `"PersistedQueryNotFound"`) {
		t.Errorf("unknown: %d %s", a.status, a.text)
	}
	if a := get(hashOf(query)); a.code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("unknown, by GET: %d %s", a.status, a.text)
	}
	for name, a := range map[string]answer{"in full": post(hashed(hashOf(query), query)), "by hash": post(hashed(hashOf(query), "")), "by GET": get(hashOf(query))} {
		if a.status != 200 || !strings.Contains(a.text, want) {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	if a := post(hashed(hashOf(query), "{ viewer { name } }")); a.code() != "BAD_USER_INPUT" {
		t.Errorf("the hash of another: %d %s", a.status, a.text)
	}
	for _, bad := range []any{"x", 1, []any{}, map[string]any{"version": 2, "sha256Hash": hashOf(query)}, map[string]any{"version": "x"}} {
		a := post(map[string]any{"query": query, "extensions": map[string]any{"persistedQuery": bad}})
		if a.code() != "BAD_USER_INPUT" {
			t.Errorf("%v: %d %s", bad, a.status, a.text)
		}
	}
	const change = `mutation { deletePhoneNumber(input: {phoneNumberId: "246714008"}) { outcome } }`
	if a := post(hashed(hashOf(change), change)); !strings.Contains(a.text, "REJECTED") {
		t.Errorf("a mutation: %s", a.text)
	}
	if a := get(hashOf(change)); a.status != http.StatusMethodNotAllowed {
		t.Errorf("a mutation by GET: %d %s", a.status, a.text)
	}
	deep := strings.Repeat("{a", 100) + strings.Repeat("}", 100)
	_ = post(hashed(hashOf(deep), deep))
	if a := post(hashed(hashOf(deep), "")); a.code() != "QUERY_TOO_COSTLY" {
		t.Errorf("limits are not for hashes: %d %.200s", a.status, a.text)
	}
}
