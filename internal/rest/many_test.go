package rest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ringql/ringql/internal/budget"
)

// bulk is an upstream that answers requests for many extensions.
type bulk struct {
	most  int // ids it takes
	form  string
	parts func(ids []string) string

	mu   sync.Mutex
	sent []int // ids of each request
}

func (b *bulk) RoundTrip(r *http.Request) (*http.Response, error) {
	ids := strings.Split(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], ",")
	b.mu.Lock()
	b.sent = append(b.sent, len(ids))
	b.mu.Unlock()
	if len(ids) == 1 {
		return answerWith(r, 200, fmt.Sprintf(`{"id":%s,"name":"one"}`, ids[0])), nil
	}
	if len(ids) > b.most {
		return answerWith(r, 400, fmt.Sprintf(`{"errors":[{"errorCode":"CMN-106","message":"Batch request is limited to %d entries"}]}`, b.most)), nil
	}
	resp := answerWith(r, 207, b.parts(ids))
	resp.Header.Set("Content-Type", b.form)
	return resp, nil
}

func jsonParts(ids []string) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf(`{"resourceId":%q,"status":200,"body":{"id":%s,"name":"n%s"}}`, id, id, id)
		if id == "13" {
			parts[i] = `{"resourceId":"13","status":404,"body":{"errorCode":"CMN-102","message":"no","errors":[{"errorCode":"CMN-102","message":"no"}]}}`
		}
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// A part that is refused for its rate closes the budget, like an answer that is.
func TestLimitedPart(t *testing.T) {
	gate := budget.NewGate()
	c := New(Config{BaseURL: "http://upstream", Gate: gate, Transport: &bulk{most: 50, form: "application/vnd.ringcentral.multipart+json", parts: func(ids []string) string {
		return fmt.Sprintf(`[{"resourceId":%q,"status":200,"body":{"id":%s}},{"resourceId":%q,"status":429,"body":{"errorCode":"CMN-301"}}]`, ids[0], ids[0], ids[1])
	}}})
	found := c.ReadExtensions(t.Context(), Own, []string{"1", "2"})
	var e *Error
	if found["1"].Err != nil || !errors.Is(found["2"].Err, ErrRateLimited) || !errors.As(found["2"].Err, &e) || e.RetryAfter <= 0 {
		t.Errorf("got %+v", found)
	}
	if gate.Left("", budget.Light) != 0 || gate.Left("", budget.Heavy) != 0 || gate.Left("b", budget.Heavy) == 0 {
		t.Error("a budget of the person is open, or another's is closed")
	}
}

const boundary = "Boundary_20_32057915_1351669531796"

func mixedParts(ids []string) string {
	var index []string
	var b strings.Builder
	for _, id := range ids {
		status, body := 200, fmt.Sprintf(`{"id":%s,"name":"n%s"}`, id, id)
		if id == "13" {
			status, body = 404, `{"errorCode":"CMN-102","message":"no"}`
		}
		index = append(index, fmt.Sprintf(`{"href":"x","status":%d,"responseDescription":"OK"}`, status))
		fmt.Fprintf(&b, "--%s\r\nContent-Type: application/json\r\n\r\n%s\r\n", boundary, body)
	}
	return fmt.Sprintf("--%s\r\nContent-Type: application/json\r\n\r\n{\"response\":[%s]}\r\n%s--%s--", boundary, strings.Join(index, ","), b.String(), boundary)
}

func numbers(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = strconv.Itoa(i + 1)
	}
	return ids
}

func TestManyIDs(t *testing.T) {
	for _, b := range []*bulk{
		{most: 50, form: "application/vnd.ringcentral.multipart+json", parts: jsonParts},
		{most: 50, form: "multipart/mixed; boundary=" + boundary, parts: mixedParts},
	} {
		c := New(Config{Transport: b})
		found := c.ReadExtensions(t.Context(), Own, append(numbers(120), "7", "7")) // twice is once
		if len(found) != 120 || len(b.sent) != 3 {
			t.Errorf("%s: %d results of %v", b.form, len(found), b.sent)
		}
		for id, r := range found {
			if id == "13" {
				if !errors.Is(r.Err, ErrNotFound) {
					t.Errorf("%s: 13: %v", b.form, r.Err)
				}
				continue
			}
			if r.Err != nil || r.Value.ID.RCID != id || r.Value.Name != "n"+id || !r.Value.Whole {
				t.Errorf("%s: %s: %+v", b.form, id, r)
			}
		}
	}
}

func TestLimitIsLearned(t *testing.T) {
	b := &bulk{most: 20, form: "application/json", parts: jsonParts}
	c := New(Config{Transport: b})
	if found := c.ReadExtensions(t.Context(), Own, numbers(100)); len(found) != 100 {
		t.Fatalf("%d results", len(found))
	}
	if want := []int{50, 20, 20, 10, 20, 20, 10}; !sameSizes(b.sent, want) {
		t.Errorf("requests of %v ids, want %v: one refusal, then no more", b.sent, want)
	}
	b.sent = nil
	c.ReadExtensions(t.Context(), Own, numbers(40))
	if !sameSizes(b.sent, []int{20, 20}) || c.ManyExtensions() != 20 {
		t.Errorf("requests of %v ids: the limit was forgotten", b.sent)
	}
}

// The first request finds out; the others are sent together, in any order.
func sameSizes(got, want []int) bool {
	return len(got) == len(want) && got[0] == want[0] && slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)))
}

func TestManyIDsNotServed(t *testing.T) {
	var sent atomic.Int32
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent.Add(1)
		id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if strings.Contains(id, ",") {
			return answerWith(r, 404, `{"errors":[{"errorCode":"CMN-102","parameterName":"extensionId"}]}`), nil
		}
		return answerWith(r, 200, `{"id":`+id+`}`), nil
	})
	c := New(Config{Transport: base})
	if found := c.ReadExtensions(t.Context(), Own, numbers(60)); len(found) != 60 || sent.Load() != 61 {
		t.Errorf("%d results of %d requests, want one refused and 60", len(found), sent.Load())
	}
	sent.Store(0)
	if c.ReadExtensions(t.Context(), Own, numbers(5)); sent.Load() != 5 {
		t.Errorf("%d requests for 5: it was forgotten", sent.Load())
	}
}

// A failure of the request itself is that of each id, and sent once.
func TestManyIDsFail(t *testing.T) {
	for _, body := range []string{
		`{"errors":[{"errorCode":"CMN-102","parameterName":"accountId"}]}`,
		`{"errors":[{"errorCode":"CMN-120"}]}`,
	} {
		sent := 0
		c := New(Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			sent++
			return answerWith(r, 404, body), nil
		})})
		found := c.ReadExtensions(t.Context(), "9", numbers(3))
		if sent != 1 || len(found) != 3 || found["2"].Err == nil {
			t.Errorf("%s: %d requests, %v", body, sent, found)
		}
	}
}

// contradictions are answers that do not fit their request.
var contradictions = map[string]struct{ form, body string }{
	"too few parts":     {"application/json", `[{"resourceId":"1","status":200,"body":{"id":1}}]`},
	"another's part":    {"application/json", `[{"resourceId":"1","status":200,"body":{}},{"resourceId":"99","status":200,"body":{}}]`},
	"no array":          {"application/json", `{"records":[]}`},
	"no boundary":       {"multipart/mixed", "--x\r\n"},
	"empty":             {"multipart/mixed; boundary=" + boundary, ""},
	"index alone":       {"multipart/mixed; boundary=" + boundary, "--" + boundary + "\r\n\r\n{\"response\":[{\"status\":200},{\"status\":200}]}\r\n--" + boundary + "--"},
	"index of another":  {"multipart/mixed; boundary=" + boundary, "--" + boundary + "\r\n\r\n{\"response\":[{\"status\":200}]}\r\n--" + boundary + "--"},
	"no type":           {";", "x"},
	"part that is HTML": {"application/json", `[{"resourceId":"1","status":200,"body":"<html>"},{"resourceId":"2","status":200,"body":{}}]`},
}

func TestContradictingParts(t *testing.T) {
	for name, answer := range contradictions {
		c := New(Config{Transport: &bulk{most: 50, form: answer.form, parts: func([]string) string { return answer.body }}})
		for id, r := range c.ReadExtensions(t.Context(), Own, []string{"1", "2"}) {
			if !errors.Is(r.Err, ErrInvalid) {
				t.Errorf("%s: %s: %+v, want ErrInvalid", name, id, r)
			}
		}
	}
}

// Whatever an upstream answers to many ids, each id gets what is its own, or an error.
func FuzzManyIDs(f *testing.F) {
	f.Add("application/json", jsonParts([]string{"1", "2"}))
	f.Add("multipart/mixed; boundary="+boundary, mixedParts([]string{"1", "13"}))
	for _, c := range contradictions {
		f.Add(c.form, c.body)
	}
	f.Fuzz(func(t *testing.T, form, body string) {
		c := New(Config{Transport: &bulk{most: 50, form: form, parts: func([]string) string { return body }}})
		found := c.ReadExtensions(t.Context(), Own, []string{"1", "2"})
		if len(found) != 2 {
			t.Fatalf("%d results", len(found))
		}
		for id, r := range found {
			if (r.Err == nil) != (r.Value != nil) || r.Value != nil && r.Value.ID.RCID != id {
				t.Errorf("%s became %+v, %v", id, r.Value, r.Err)
			}
		}
	})
}
