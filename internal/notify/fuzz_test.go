package notify

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/rest"
)

// heard are the accounts of the fuzz tests: of the first a subscription is current, of the
// second one is being made, of the third there is none any more.
var heard = []string{"401800", "401900", "402000"}

// listening returns Events that have nothing from RingCentral yet, and the address of each account.
func listening(t testing.TB, via Via, upstream string) (e *Events, nonces map[string]string) {
	t.Helper()
	e, err := New(Config{
		REST: rest.New(rest.Config{BaseURL: upstream, Transport: http.DefaultTransport}), Bus: NewMemory(), Store: auth.NewMemory(),
		Via: via, URL: "https://gateway.example", Upstream: upstream, Secret: "a secret of the fuzz tests, which is long",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	nonces = map[string]string{}
	for i, account := range heard {
		r := &record{Nonce: newNonce(e.cfg.Secret, account), ID: []string{"subscription", "", ""}[i]}
		if nonces[account] = r.Nonce; i == 2 {
			r.Nonce = newNonce(e.cfg.Secret, account)
		}
		if err := e.keeper.records.save(t.Context(), account, r); err != nil {
			t.Fatal(err)
		}
	}
	return e, nonces
}

// written is how many entries the log of each account has.
func written(t *testing.T, e *Events) map[string]uint64 {
	t.Helper()
	n := map[string]uint64{}
	for _, account := range append([]string{"1", ""}, heard...) {
		p, err := e.cfg.Bus.Read(t.Context(), account, Position{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		n[account] = p.End.Number
	}
	return n
}

// envelope is an event of an account as RingCentral tells it.
func envelope(account, uuid string) string {
	return `{"uuid":"` + uuid + `","event":"/restapi/v1.0/account/` + account + `/phone-number?usageType=ContactCenterNumber","timestamp":"2026-01-01T00:00:00.000Z","subscriptionId":"s","ownerId":"1",` +
		`"body":{"eventType":"Updated","phoneNumberInfo":{"id":"987654321","phoneNumber":"+12024999741","type":"Voice","usageType":"ContactCenterNumber","contactCenterProvider":{"id":"1","name":"ProviderName"}}}}`
}

// Whatever is sent to the address of webhooks, it gets a short answer, and is written once at most, for the
// account whose address it is and by its token alone. In what is sent, NONCE and TOKEN stand for
// those of an account, and OTHER for the token of the next.
func FuzzNotification(f *testing.F) {
	const kind = "application/json; charset=UTF-8"
	extension := `{"uuid":"2","event":"/restapi/v1.0/account/401800/extension","body":{"extensionId":"1","eventType":"Update","hints":["CompanyNumbers"]}}`
	for _, body := range []string{
		"", "{}", "[]", "null", envelope(heard[0], "1"), envelope(heard[1], "1"), envelope(heard[0], ""), envelope(heard[0], strings.Repeat("u", 200)), extension,
		strings.Replace(envelope(heard[0], "1"), "Updated", "", 1), strings.Replace(envelope(heard[0], "1"), `"987654321"`, "7", 1), strings.Replace(extension, `["CompanyNumbers"]`, "{}", 1),
		envelope("~", "1"), envelope("401800/extension/1", "1"), envelope(heard[0], "1") + strings.Repeat(" ", mostBody), `{"uuid":7}`, `{"event":"/restapi/v1.0/account/401800/message-store"}`,
	} {
		f.Add(0, "POST", "s=NONCE", kind, "", "TOKEN", body)
	}
	for _, account := range []int{0, 1, 2} {
		f.Add(account, "POST", "s=NONCE", kind, "9c1f5a1e-0000-4000-8000-000000000000", "", "")
		f.Add(account, "POST", "s=NONCE", kind, "", "TOKEN", envelope(heard[account], "1"))
		f.Add(account, "POST", "s=NONCE", kind, "TOKEN", "", envelope(heard[account], "1"))
		f.Add(account, "POST", "s=NONCE", kind, "", "OTHER", envelope(heard[account], "1"))
		f.Add(account, "POST", "s=NONCE", kind, "x", "TOKEN", envelope(heard[account], "1"))
	}
	for _, query := range []string{"", "s=", "s=401800.x", "s=401800.x.y", "s=NONCE&s=x", "s=x&s=NONCE", "s=NONCE%00", "s=%4E", "s=NONCENONCE", "s=NONCE;", "S=NONCE"} {
		f.Add(0, "POST", query, kind, "", "TOKEN", envelope(heard[0], "1"))
		f.Add(0, "POST", query, kind, "handshake", "", "")
	}
	f.Add(0, "GET", "s=NONCE", kind, "", "TOKEN", envelope(heard[0], "1"))
	f.Add(0, "post", "s=NONCE", "text/plain", strings.Repeat("v", 257), "TOKEN", envelope(heard[0], "1"))
	f.Add(0, "POST", "s=NONCE", kind, strings.Repeat("v", 256), "", "")
	e, nonces := listening(f, Webhook, "https://platform.example.com")
	f.Fuzz(func(t *testing.T, which int, method, query, media, validation, verification, body string) {
		account := heard[uint(which)%3]
		nonce := nonces[account]
		token := string(verificationToken(e.cfg.Secret, nonce))
		fill := strings.NewReplacer("NONCE", nonce, "TOKEN", token, "OTHER", string(verificationToken(e.cfg.Secret, nonces[heard[(uint(which)+1)%3]])))
		r := httptest.NewRequest(http.MethodPost, Path, strings.NewReader(body))
		r.Method, r.URL.RawQuery = method, fill.Replace(query)
		for name, value := range map[string]string{"Content-Type": media, "Validation-Token": validation, "Verification-Token": verification} {
			if value = fill.Replace(value); value != "" {
				r.Header.Set(name, value)
			}
		}
		before, a := written(t, e), httptest.NewRecorder()
		e.ServeHTTP(a, r)
		after, sum := written(t, e), uint64(0)
		for name := range after {
			grown := after[name] - before[name]
			if sum += grown; grown > 0 && name != account {
				t.Errorf("account %s is told of by the address of %s", name, account)
			}
		}
		came, shown := r.URL.Query().Get("s"), r.Header.Get("Verification-Token") == token || r.Header.Get("Validation-Token") == token
		current := came == nonce && account != heard[2] && method == http.MethodPost
		if sum > 1 || sum == 1 && (!shown || !current || a.Code != http.StatusOK) {
			t.Errorf("%d entries, answer %d to %s %s %v", sum, a.Code, method, r.URL, r.Header)
		}
		if echo, ok := a.Header()["Validation-Token"]; ok && (!current || a.Code != http.StatusOK || len(echo) != 1 || echo[0] != r.Header.Get("Validation-Token") || sum > 0) {
			t.Errorf("%d %q is echoed to %s %s %v", a.Code, echo, method, r.URL, r.Header)
		}
		var answer bytes.Buffer
		if err := a.Result().Write(&answer); err != nil || answer.Len() > 500 { // what the gateway adds comes to it
			t.Errorf("answered %d bytes: %v", answer.Len(), err)
		}
		if _, verified := e.Caller(r); verified != (came == nonce && shown) {
			t.Errorf("taken for RingCentral's: %t", verified)
		}
	})
}

// ringCentral is one that says whatever it is told to: as the answer with a token, and as frames, a line each.
type ringCentral struct {
	*httptest.Server

	mu            sync.Mutex
	token, frames string
}

// What may come up in no error.
const (
	wsToken       = "ws-token-8b60e1d2a3f4"
	recoveryToken = "wsc-token-5c6d7e8f9a0b"
)

func (u *ringCentral) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	token, frames := u.token, u.frames
	u.mu.Unlock()
	if r.URL.Path == "/restapi/oauth/wstoken" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(token))
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	id := ""
	for line := range strings.SplitSeq(frames, "\n") {
		if line == "READ" { // what the gateway asks
			_, b, err := conn.Read(r.Context())
			var asked []struct{ MessageID string }
			if err != nil || json.Unmarshal(b, &asked) != nil {
				break
			}
			id = asked[0].MessageID
			continue
		}
		if reason, ok := strings.CutPrefix(line, "CLOSE "); ok {
			_ = conn.Close(websocket.StatusPolicyViolation, reason[:min(len(reason), 100)])
			return
		}
		if conn.Write(r.Context(), websocket.MessageText, []byte(strings.ReplaceAll(line, "ID", id))) != nil {
			break
		}
	}
	_ = conn.CloseNow()
}

// Whatever RingCentral says over a WebSocket, and wherever it says that one is, a token is taken nowhere else,
// comes up in no error, and of no other account is anything written.
func FuzzFrame(f *testing.F) {
	const (
		granted = `{"ws_access_token":"` + wsToken + `","uri":"ws://HOST/ws","expires_in":600}`
		begun   = `[{"type":"ConnectionDetails","messageId":"1","status":200,"wsc":{"token":"` + recoveryToken + `","sequence":1}},{"recoveryBufferSize":100,"recoveryState":"Successful"}]` + "\n"
		told    = begun + "READ\n" + `[{"type":"ClientRequest","messageId":"ID","status":200},{"id":"s","status":"Active"}]` + "\n"
	)
	for _, frames := range []string{
		"", "{}", "[]", "[1]", "[{}]", begun, "CLOSE " + wsToken, begun + "READ\nCLOSE " + recoveryToken + " " + wsToken, strings.Replace(begun, "200", "401", 1),
		begun + "READ\n" + `[{"messageId":"ID","status":403},{"errorCode":"SUB-505","message":"` + wsToken + `"}]`, begun + "READ\n" + `[{"messageId":"ID","status":400},{"errors":[{"errorCode":"` + recoveryToken + `"}]}]`,
		begun + "READ\n" + `[{"messageId":"ID","status":200},{"id":"s","disabledFilters":[{"filter":"f","reason":"SUB-412"}]}]`, begun + "READ\n" + `[{"messageId":"ID","status":200},7]`, begun + "READ\n" + `[{"messageId":"ID","status":200}]`,
		told, told + `[{"type":"ServerNotification"},` + envelope(heard[0], "1") + "]\n" + `[{"type":"ServerNotification"},` + envelope(heard[0], "1") + "]", told + `[{"type":"ServerNotification"},` + envelope(heard[1], "1") + "]",
		told + `[{"type":"ServerNotification"}]`, told + `[{"type":"ServerNotification","wsc":{"token":"` + recoveryToken + `"}},{"uuid":7}]` + "\nCLOSE " + recoveryToken, told + `[{"type":"Heartbeat"}]` + "\n" + `[{"wsc":null}]`, told + `[{"wsc":7}]`,
		`[{"type":"` + wsToken + `"}]`, strings.Replace(begun, "100", "-9223372036854775808", 1) + "READ", strings.Replace(begun, "100", "1e99", 1),
	} {
		f.Add("https://platform.example.com", granted, frames)
	}
	for _, uri := range []string{
		"", "ws://", "wss://ws-api.example.com/ws", "wss://evil.com/ws", "ws://ws-api.example.com", "wss://user:password@ws.example.com", "wss://example.com.evil.com", "wss://platform.example.com.", "http://HOST/ws", "ws://HOST@evil.com",
		"ws://HOST?access_token=x&wsc=y#z", "wss://[::1]:443/", "wss://EXAMPLE.COM:1/%2e", "wss:opaque", "//ws.example.com", "ws://HOST/\x00", "ws://" + wsToken + ".example.com",
	} {
		f.Add("https://platform.example.com", `{"ws_access_token":"`+wsToken+`","uri":"`+uri+`"}`, told)
		f.Add("https://example.co.uk", `{"ws_access_token":"`+wsToken+`","uri":"`+strings.ReplaceAll(uri, ".com", ".co.uk")+`"}`, told)
	}
	u := new(ringCentral)
	u.Server = httptest.NewServer(u)
	f.Cleanup(u.Close)
	host := strings.TrimPrefix(u.URL, "http://")
	e, _ := listening(f, WebSocket, u.URL)
	person := Person{Key: "somebody", Context: context.Background()}
	f.Fuzz(func(t *testing.T, upstream, token, frames string) {
		u.mu.Lock()
		u.token, u.frames = strings.ReplaceAll(token, "HOST", host), frames
		u.mu.Unlock()
		var granted struct {
			URI   string
			Token string `json:"ws_access_token"`
		}
		_ = json.Unmarshal([]byte(token), &granted)
		leads(t, upstream, granted.URI)
		before := written(t, e)
		k := &keep{keeper: e.keeper, account: heard[0], lease: newLease(e.cfg.Store, rand.Text()), lost: func() {}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := (&sockets{e, e.dialer()}).hold(ctx, k, person)
		if err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
		text := fmt.Sprintf("%v %+v", err, e.Status())
		given := map[string]bool{wsToken: granted.Token == wsToken && !strings.Contains(granted.URI, wsToken), recoveryToken: strings.HasPrefix(frames, begun) && !odd.MatchString(frames[len(begun):])}
		for secret, was := range given {
			if was && strings.Contains(text, secret) {
				t.Errorf("a token is told: %s", text)
			}
		}
		after := written(t, e)
		if most := uint64(strings.Count(frames, "\n") + 2); after[heard[0]]-before[heard[0]] > most {
			t.Errorf("%d entries, of %d frames", after[heard[0]]-before[heard[0]], most)
		}
		delete(before, heard[0])
		for name, n := range before {
			if after[name] != n {
				t.Errorf("account %s is told of", name)
			}
		}
	})
}

// odd are frames that may bring another recovery token.
var odd = regexp.MustCompile(`(?i)wsc"|[^ -~\n]|\\`)

// leads checks where a WebSocket of an upstream is taken to be.
func leads(t *testing.T, upstream, text string) {
	t.Helper()
	u, err := address(upstream, text)
	if err != nil {
		return
	}
	api, err := url.Parse(upstream)
	if err != nil {
		t.Fatalf("no upstream %q leads to %s", upstream, u)
	}
	if u.User != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" {
		t.Errorf("%q leads to %s", text, u)
	}
	if u.Host == api.Host && (u.Scheme == "wss") == (api.Scheme == "https") {
		return
	}
	_, ip := netip.ParseAddr(u.Hostname())
	from, to := strings.Split(strings.ToLower(api.Hostname()), "."), strings.Split(strings.ToLower(u.Hostname()), ".")
	if u.Scheme != "wss" || ip == nil && u.Hostname() != api.Hostname() || len(to) > 1 && strings.Join(from[max(0, len(from)-2):], ".") != strings.Join(to[max(0, len(to)-2):], ".") {
		t.Errorf("%q of %q leads to %s", text, upstream, u)
	}
}
