package gateway_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// mediaType is the type of an answer, which is in UTF-8.
func mediaType(t *testing.T, resp *http.Response) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type %q: %v", resp.Header.Get("Content-Type"), err)
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		t.Errorf("charset %s", charset)
	}
	return kind
}

// wellFormed checks an answer of /graphql for what the specifications say of all.
// Source: GraphQL over HTTP, "Response"; GraphQL, "Response Format".
func wellFormed(t *testing.T, resp *http.Response, text []byte) {
	t.Helper()
	if resp.StatusCode >= 500 {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	switch kind := mediaType(t, resp); kind {
	case "application/graphql-response+json":
		r := readResult(t, text)
		if r.hasData != (resp.StatusCode == http.StatusOK) {
			t.Errorf("%d, and data is %v: %s", resp.StatusCode, r.hasData, text)
		}
		r.whole(t)
	case "application/json":
		r := readResult(t, text)
		if r.hasData && resp.StatusCode != http.StatusOK {
			t.Errorf("%d with data: %s", resp.StatusCode, text)
		}
		r.whole(t)
	case "multipart/mixed":
		inOneAnswer(t, parts(t, resp, text))
	case "text/event-stream":
		inOneAnswer(t, events(t, text))
	default:
		t.Errorf("Content-Type %s", kind)
	}
}

// result is an answer, or a part of one.
type result struct {
	text    string
	keys    map[string]jsontext.Value
	hasData bool
	errors  []struct {
		Message    string
		Locations  []struct{ Line, Column int }
		Path       []any
		Extensions struct{ Code string }
	}
}

// codes are what the README lists.
var codes = strings.Fields(`UNAUTHENTICATED FORBIDDEN NOT_FOUND BAD_USER_INPUT RATE_LIMITED UPSTREAM_UNAVAILABLE
	UPSTREAM_TIMEOUT UPSTREAM_INVALID QUERY_TOO_COSTLY BUDGET_EXCEEDED GRAPHQL_PARSE_FAILED GRAPHQL_VALIDATION_FAILED PERSISTED_QUERY_NOT_FOUND`)

// readResult reads one JSON object: valid UTF-8, no name twice in an object.
func readResult(t *testing.T, text []byte) result {
	t.Helper()
	r := result{text: string(text)}
	if err := json.Unmarshal(text, &r.keys); err != nil {
		t.Fatalf("%v in %.2000s", err, text)
	}
	_, r.hasData = r.keys["data"]
	if list, ok := r.keys["errors"]; ok {
		if err := json.Unmarshal(list, &r.errors, json.MatchCaseInsensitiveNames(true)); err != nil || len(r.errors) == 0 {
			t.Fatalf("errors are %s: %v", list, err)
		}
	}
	for _, e := range r.errors {
		if e.Message == "" || !slices.Contains(codes, e.Extensions.Code) {
			t.Errorf("an error that says %q with code %q: %s", e.Message, e.Extensions.Code, text)
		}
		for _, at := range e.Locations {
			if at.Line < 1 || at.Column < 1 {
				t.Errorf("an error at %d:%d: %s", at.Line, at.Column, text)
			}
		}
	}
	return r
}

// whole checks an answer in one piece.
func (r result) whole(t *testing.T) {
	t.Helper()
	for key := range r.keys {
		if !slices.Contains([]string{"data", "errors", "extensions"}, key) {
			t.Errorf("an entry %q: %s", key, r.text)
		}
	}
	if !r.hasData && len(r.errors) == 0 {
		t.Errorf("neither data nor errors: %s", r.text)
	}
}

// inOneAnswer checks the parts of an answer: all but the last promise more.
func inOneAnswer(t *testing.T, all []result) {
	t.Helper()
	if len(all) == 0 {
		t.Error("an answer without parts")
	}
	if len(all) == 1 && all[0].keys["hasNext"] == nil {
		all[0].whole(t)
		return
	}
	for i, r := range all {
		if got, want := string(r.keys["hasNext"]) == "true", i < len(all)-1; got != want {
			t.Errorf("part %d of %d: %s", i+1, len(all), r.text)
		}
	}
}

// parts reads a multipart answer, which must be complete.
func parts(t *testing.T, resp *http.Response, text []byte) (all []result) {
	t.Helper()
	_, params, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	r := multipart.NewReader(bytes.NewReader(text), params["boundary"])
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("part %d: %v in %q", len(all)+1, err, text)
		}
		if kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); kind != "application/json" {
			t.Errorf("a part of type %s", kind)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, readResult(t, b))
	}
}

// events reads server-sent events, which must come to an end.
func events(t *testing.T, text []byte) (all []result) {
	t.Helper()
	if !bytes.HasSuffix(text, []byte("\n\n")) {
		t.Errorf("the last event has no end: %q", text)
	}
	completed := false
	for event := range strings.SplitSeq(strings.TrimSuffix(string(text), "\n\n"), "\n\n") {
		fields := map[string]string{}
		for line := range strings.SplitSeq(event, "\n") {
			name, value, _ := strings.Cut(line, ":")
			if _, twice := fields[name]; twice && name != "" {
				t.Errorf("two lines %s: %q", name, event)
			}
			fields[name] = strings.TrimPrefix(value, " ")
		}
		switch {
		case completed:
			t.Errorf("an event after the last: %q", event)
		case fields["event"] == "next":
			all = append(all, readResult(t, []byte(fields["data"])))
		case fields["event"] == "complete":
			completed = true
		case event != ":":
			t.Errorf("an event %q", event)
		}
	}
	if !completed {
		t.Errorf("no complete: %q", text)
	}
	return all
}
