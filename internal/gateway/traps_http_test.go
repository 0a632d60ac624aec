package gateway_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestTrapsOfHTTP is about GraphQL over HTTP.
func TestTrapsOfHTTP(t *testing.T) { spring(t, httpTraps) }

var httpTraps = []trap{
	{name: "weights in Accept", stock: "is answered with application/json", check: func(x target) error {
		for accept, want := range map[string]string{
			"application/json;q=0.1, application/graphql-response+json;q=0.9": "application/graphql-response+json",
			"application/json;q=0, application/graphql-response+json":         "application/graphql-response+json",
		} {
			a, err := x.post("{ __typename }", "Accept", accept)
			if err != nil {
				return err
			}
			if got, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); got != want {
				return fmt.Errorf("%s is answered with %s", accept, got)
			}
		}
		return nil
	}},
	{name: "a POST that offers h2c", stock: "status 426", check: func(x target) error {
		return typename(x.post("{ __typename }", "Upgrade", "h2c", "Connection", "Upgrade, HTTP2-Settings", "HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA"))
	}},
	{name: "a GET that offers h2c", stock: "status 426", check: func(x target) error {
		return typename(x.get("{ __typename }", "Upgrade", "h2c", "Connection", "Upgrade"))
	}},
	{name: "no data in request errors", stock: "has the entry data", check: noData("application/graphql-response+json", "application/json")},
	{name: "no data in request errors, in events", stock: "has the entry data", check: noData("text/event-stream")},
	{name: "no data in request errors, for parts", stock: "has the entry data", check: noData("multipart/mixed")},
	{name: "statuses of request errors", stock: "has status 422", check: func(x target) error {
		if err := requestError("application/json", http.StatusOK)(x); err != nil {
			return err
		}
		return requestError("application/graphql-response+json", http.StatusBadRequest)(x)
	}},
	{name: "405 for other methods", stock: "PUT: status 400", check: func(x target) error {
		for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
			a, err := x.send(method, "", small)
			if err != nil {
				return err
			}
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") == "" {
				return fmt.Errorf("%s: status %d, Allow %q", method, a.status, a.header.Get("Allow"))
			}
		}
		return nil
	}},
	{name: "415 for other types", stock: "text/plain: status 400", check: func(x target) error {
		for _, kind := range []string{"text/plain", "application/xml", "application/x-www-form-urlencoded", "application/graphql"} {
			a, err := x.send(http.MethodPost, "", small, "Content-Type", kind)
			if err != nil {
				return err
			}
			if a.status != http.StatusUnsupportedMediaType {
				return fmt.Errorf("%s: status %d", kind, a.status)
			}
		}
		return nil
	}},
	{name: "one person's answer is not another's", wiring: wiring{link: cacheByURL}, stock: "Jane Smith is told: John Smith", check: func(x target) error {
		for range 2 {
			for _, who := range []struct{ token, name string }{{x.token, "John Smith"}, {x.other, "Jane Smith"}} {
				a, err := x.post("{ viewer { name } }", "Authorization", "Bearer "+who.token)
				if err != nil {
					return err
				}
				if want := `"name":"` + who.name + `"`; !strings.Contains(a.text, want) {
					told := regexp.MustCompile(`"name":"([^"]*)"`).FindStringSubmatch(a.text)
					return fmt.Errorf("%s is told: %s", who.name, strings.Join(told[min(1, len(told)):], ""))
				}
			}
		}
		return nil
	}},
	{name: "the page loads nothing from elsewhere", stock: "https://cdn.jsdelivr.net", check: func(x target) error {
		resp, err := x.client.Get(x.url + "/")
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		page, err := readText(resp.Body)
		if err == nil && !strings.Contains(page, "<script") {
			err = fmt.Errorf("this is no page: %s", brief(page))
		}
		if m := regexp.MustCompile(`(?:src|href)=["'](?:https?:)?//[^"']*["']|https?://[^"'\s]*\.(?:js|css)`).FindString(page); m != "" {
			err = fmt.Errorf("it loads %s", m)
		}
		return err
	}},
}

// typename says what is wrong with the answer to a query that is all right.
func typename(a answer, err error) error {
	if err == nil && (a.status != http.StatusOK || !strings.Contains(a.text, `"Query"`)) {
		err = fmt.Errorf("status %d: %s", a.status, brief(a.text))
	}
	return err
}

// faulty are queries that are not carried out.
var faulty = []string{"{", "{ nonsense }", "query A { __typename } query B { __typename }", `query ($v: Int = "x") { __typename }`, "query ($v: Boolean!) { __typename @skip(if: $v) }"}

// noData sends queries that are not carried out, the answers to which have no data, not
// even none.
func noData(accepts ...string) func(target) error {
	return func(x target) error {
		for _, query := range faulty {
			for _, accept := range accepts {
				a, err := x.post(query, "Accept", accept)
				if err != nil {
					return err
				}
				if strings.Contains(a.text, `"data"`) || !strings.Contains(a.text, `"errors"`) {
					return fmt.Errorf("%s as %s has the entry data: %s", query, accept, a.text)
				}
			}
		}
		return nil
	}
}

// requestError sends queries that are not carried out, which must have a status.
func requestError(accept string, status int) func(target) error {
	return func(x target) error {
		for _, query := range faulty {
			a, err := x.post(query, "Accept", accept)
			if err != nil {
				return err
			}
			if a.status != status || !strings.Contains(a.text, `"errors"`) {
				return fmt.Errorf("%s has status %d: %s", query, a.status, brief(a.text))
			}
		}
		return nil
	}
}

// cacheByURL remembers every answer to a read by its URL, as caches for HTTP clients do.
func cacheByURL(next http.RoundTripper) http.RoundTripper {
	known := &replay{next: next}
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodGet {
			return next.RoundTrip(r)
		}
		return known.RoundTrip(r)
	})
}
