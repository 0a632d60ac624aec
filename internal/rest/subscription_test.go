package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const theSubscription = `{"id":"s-1","status":"Active","eventFilters":["/restapi/v1.0/account/5/extension"],
	"disabledFilters":[{"filter":"/x","reason":"SUB-412","message":"no"}],"expirationTime":"2026-01-08T00:00:00Z","expiresIn":604799,
	"deliveryMode":{"transportType":"WebHook","address":"https://h/w","encryption":false,"verificationToken":"told-back"},
	"blacklistedData":{"blacklistedAt":"2026-01-02T00:00:00Z","reason":"Read timed out"}}`

// subscribing calls each operation that is about how events come.
var subscribing = map[string]func(context.Context, *Client) (any, error){
	"createSubscription": func(ctx context.Context, c *Client) (any, error) {
		return c.CreateSubscription(ctx, &SubscriptionRequest{
			EventFilters: []string{"/f"}, DeliveryMode: DeliveryMode{WebHook, "https://h/w", "s3cret-word"}, ExpiresIn: 60,
		})
	},
	"readSubscription":  func(ctx context.Context, c *Client) (any, error) { return c.ReadSubscription(ctx, "s-1") },
	"listSubscriptions": func(ctx context.Context, c *Client) (any, error) { return c.ListSubscriptions(ctx) },
	"renewSubscription": func(ctx context.Context, c *Client) (any, error) { return c.RenewSubscription(ctx, "s-1") },
	"deleteSubscription": func(ctx context.Context, c *Client) (any, error) {
		return struct{}{}, c.DeleteSubscription(ctx, "s-1")
	},
	"authWsToken": func(ctx context.Context, c *Client) (any, error) { return c.AuthWSToken(ctx) },
}

// promising returns a client of an upstream that says always the same, and what it was asked.
func promising(status int, body string) (c *Client, sent *[]string) {
	sent = new([]string)
	return New(Config{BaseURL: "http://upstream", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		text := ""
		if r.Body != nil {
			b, _ := io.ReadAll(r.Body)
			text = string(b)
		}
		*sent = append(*sent, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+text))
		return answerWith(r, status, body), nil
	})}), sent
}

func TestSubscriptions(t *testing.T) {
	for name, tt := range map[string]struct{ body, sent, want string }{
		"createSubscription": {theSubscription, `POST /restapi/v1.0/subscription {"eventFilters":["/f"],"deliveryMode":{"transportType":"WebHook","address":"https://h/w",` +
			`"verificationToken":"s3cret-word"},"expiresIn":60}`, ""},
		"readSubscription":   {theSubscription, "GET /restapi/v1.0/subscription/s-1", ""},
		"listSubscriptions":  {`{"records":[` + theSubscription + `]}`, "GET /restapi/v1.0/subscription", ""},
		"renewSubscription":  {theSubscription, "POST /restapi/v1.0/subscription/s-1/renew", ""},
		"deleteSubscription": {"", "DELETE /restapi/v1.0/subscription/s-1", "{}"},
		"authWsToken": {`{"ws_access_token":"w0rd","uri":"wss://h/ws","expires_in":30}`, "POST /restapi/oauth/wstoken",
			"&{Token:(secret) URI:wss://h/ws Life:30s}"},
	} {
		c, sent := promising(200, tt.body)
		got, err := subscribing[name](t.Context(), c)
		if list, ok := got.([]Subscription); ok && len(list) == 1 {
			got = &list[0]
		}
		if tt.want == "" {
			s, ok := got.(*Subscription)
			if !ok || s == nil {
				t.Fatalf("%s: %v, %v", name, got, err)
			}
			got, tt.want = fmt.Sprintf("%+v %+v", *s, *s.Blacklisted), "{ID:s-1 Status:Active EventFilters:[/restapi/v1.0/account/5/extension] "+
				"DisabledFilters:[{Filter:/x Reason:SUB-412 Message:no}] ExpirationTime:2026-01-08T00:00:00Z ExpiresIn:604799 "+
				"DeliveryMode:{TransportType:WebHook Address:https://h/w VerificationToken:(secret)} Blacklisted:"+fmt.Sprintf("%p", s.Blacklisted)+
				"} {BlacklistedAt:2026-01-02T00:00:00Z Reason:Read timed out}"
			if s.DeliveryMode.VerificationToken != "" {
				t.Errorf("%s: what no answer has was taken from one", name)
			}
		}
		if text := fmt.Sprintf("%+v", got); text != tt.want || err != nil || !slices.Equal(*sent, []string{tt.sent}) {
			t.Errorf("%s:\n%s\n%s\n%v, sent %q", name, text, tt.want, err, *sent)
		}
	}
}

// What makes no sense is no answer.
func TestSubscriptionNonsense(t *testing.T) {
	for name, bodies := range map[string][]string{
		"createSubscription": {``, `{}`, `{"id":""}`, `{"id":".."}`, `{"id":7}`, `[]`, `null`},
		"readSubscription":   {``, `{}`, `{"id":"s-2"}`},
		"renewSubscription":  {``, `{}`, `{"id":"s-2"}`},
		"listSubscriptions":  {``, `{}`, `{"records":[{}]}`, `{"records":[{"id":"a"},{"id":""}]}`},
		"authWsToken": {
			``, `{}`, `{"ws_access_token":"w0rd","expires_in":30}`,
			`{"ws_access_token":"w0rd","uri":"https://h/ws","expires_in":30}`, `{"ws_access_token":"w0rd","uri":"wss://u:p@h/ws","expires_in":30}`,
			`{"ws_access_token":"w0rd","uri":"wss:///ws","expires_in":30}`, `{"ws_access_token":"w0rd","uri":"wss://h","expires_in":0}`,
			`{"ws_access_token":"w0rd","uri":"wss://h","expires_in":99999999999}`, `{"ws_access_token":"","uri":"wss://h","expires_in":30}`,
			`{"ws_access_token":"w0rd","uri":7,"expires_in":30}`, `{"ws_access_token":"w0rd","uri":"wss://h","expires_in":"30"}`, `{"ws_access_token":"w0rd",`,
		},
	} {
		for _, body := range bodies {
			c, _ := promising(200, body)
			if got, err := subscribing[name](t.Context(), c); !errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), "w0rd") {
				t.Errorf("%s of %s: %v, %v", name, body, got, err)
			}
		}
	}
	c := New(Config{BaseURL: "https://upstream"})
	if c.socket("ws://h/ws") || !c.socket("wss://h/ws") {
		t.Error("a token may be sent less privately than it came")
	}
}

// An id that names nothing is not there; the upstream speaks of an operation.
func TestSubscriptionIsOver(t *testing.T) {
	gone := []string{"deleteSubscription", "readSubscription", "renewSubscription"}
	for name, do := range subscribing {
		for _, body := range []string{`{"errorCode":"CMN-120","message":"Invalid URI"}`, `{"errors":[{"errorCode":"SUB-507"}]}`} {
			c, _ := promising(404, body)
			_, err := do(t.Context(), c)
			want := ErrNotServed
			if slices.Contains(gone, name) || strings.Contains(body, "SUB-507") {
				want = ErrNotFound
			}
			if !errors.Is(err, want) || errors.Is(err, ErrLost) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// The upstream may repeat the token that events are to have.
func TestVerificationTokenIsNotInErrors(t *testing.T) {
	c, _ := promising(400, `{"errorCode":"SUB-525","message":"the answer to s3cret-word is invalid"}`)
	if _, err := subscribing["createSubscription"](t.Context(), c); err == nil || strings.Contains(err.Error(), "s3cret-word") || !strings.Contains(err.Error(), "SUB-525") {
		t.Error(err)
	}
}

// Subscriptions are read anew each time, and what is done to them makes nothing stale.
func TestSubscriptionsLeaveTheCacheAlone(t *testing.T) {
	calls := 0
	up := roundTripper(func(r *http.Request) (*http.Response, error) {
		calls++
		switch {
		case strings.HasSuffix(r.URL.Path, "/account/~"):
			return answerWith(r, 200, oneAccount), nil
		case strings.HasSuffix(r.URL.Path, "/wstoken"):
			return answerWith(r, 200, `{"ws_access_token":"w","uri":"wss://h","expires_in":30}`), nil
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/subscription"):
			return answerWith(r, 200, `{"records":[`+theSubscription+`]}`), nil
		}
		return answerWith(r, 200, theSubscription), nil
	})
	c := New(Config{Transport: up, Cache: CacheConfig{TTL: time.Minute}, Changes: func(_ context.Context, ch Change) { t.Errorf("told of %v", ch) }})
	read := func() {
		if _, err := c.ReadAccountInfo(t.Context(), Own); err != nil {
			t.Fatal(err)
		}
	}
	read()
	for name, do := range subscribing {
		for range 2 {
			if _, err := do(t.Context(), c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	read()
	if want := 1 + 2*len(subscribing); calls != want || c.CacheSize().Answers != 1 {
		t.Errorf("%d calls, not %d; %d remembered", calls, want, c.CacheSize().Answers)
	}
}
