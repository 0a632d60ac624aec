package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/sim"
)

// canaries are texts that must come up nowhere, by what they are.
type canaries struct {
	mu    sync.Mutex
	texts map[string]string

	refreshed atomic.Bool // whether a session got a second pair of tokens
	recovered atomic.Bool // whether a WebSocket that broke was taken up again
}

// plant makes up a text that stands nowhere else.
func (c *canaries) plant(what string) string {
	text := "canary-" + strings.ReplaceAll(what, " ", "-") + "-7f3a91c45d2e8b60"
	c.add(what, text)
	return text
}

func (c *canaries) add(what, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(text) >= 8 {
		c.texts[text] = what
	}
}

// in returns which of them stand in text, in any of the forms that they may take there.
func (c *canaries) in(text string) (found []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for secret, what := range c.texts {
		quoted, _ := json.Marshal(secret)
		for form, s := range map[string]string{
			"": secret, " in hexadecimal": hex.EncodeToString([]byte(secret)), " in base64": base64.RawStdEncoding.EncodeToString([]byte(secret)),
			" in base64url": base64.RawURLEncoding.EncodeToString([]byte(secret)), " escaped": url.QueryEscape(secret), " quoted": strings.Trim(string(quoted), `"`),
		} {
			if strings.Contains(text, s) && (form == "" || s != secret) {
				found = append(found, what+form)
				break
			}
		}
	}
	slices.Sort(found)
	return found
}

// around shows where in text that stands which was found.
func (c *canaries) around(text, found string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for secret, what := range c.texts {
		if i := strings.Index(text, secret); i >= 0 && strings.HasPrefix(found, what) {
			return fmt.Sprintf(": %q", text[max(0, i-300):min(len(text), i+100)])
		}
	}
	return ""
}

func TestCanariesAreFound(t *testing.T) {
	c := &canaries{texts: map[string]string{}}
	secret := c.plant("one")
	for _, text := range []string{"x" + secret + "y", hex.EncodeToString([]byte(secret)), "Basic " + base64.StdEncoding.EncodeToString([]byte(secret)), url.Values{"a": {secret}}.Encode()} {
		if got := c.in(text); len(got) != 1 || !strings.HasPrefix(got[0], "one") {
			t.Errorf("%s: %v", text, got)
		}
	}
	if got := c.in("canary-two"); got != nil {
		t.Errorf("found %v", got)
	}
}

// watched is a simulator that notes the secrets that come and go.
type watched struct {
	*sim.Server
	c *canaries
}

func (u watched) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ws" {
		u.noteSocket(r)
		u.Server.ServeHTTP(w, r)
		return
	}
	if !strings.HasPrefix(r.URL.Path, "/restapi/oauth/token") {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		u.c.add("token that was sent upstream", token)
		u.Server.ServeHTTP(quoting{w, token}, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	for _, name := range []string{"code", "code_verifier", "refresh_token", "assertion"} {
		u.c.add(name, form.Get(name))
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	u.Server.ServeHTTP(rec, r)
	var pair struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	_ = json.Unmarshal(rec.Body.Bytes(), &pair)
	u.c.add("access_token", pair.Access)
	u.c.add("refresh_token", pair.Refresh)
	if form.Get("grant_type") == "refresh_token" && rec.Code == http.StatusOK {
		u.c.refreshed.Store(true)
	}
	maps.Copy(w.Header(), rec.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	_, _ = w.Write(bytes.Replace(rec.Body.Bytes(), []byte(`"expires_in":3600`), []byte(`"expires_in":62`), 1))
}

// quoting is an answer in which SENT stands for the token that came with the request.
type quoting struct {
	http.ResponseWriter
	token string
}

func (q quoting) Write(b []byte) (int, error) {
	_, err := q.ResponseWriter.Write(bytes.ReplaceAll(b, []byte("SENT"), []byte(q.token)))
	return len(b), err
}

func (q quoting) WriteHeader(status int) {
	q.Header().Del("Content-Length")
	q.ResponseWriter.WriteHeader(status)
}

// aviary is a program, and all that it writes to.
type aviary struct {
	*canaries
	t        *testing.T
	sim      *sim.Server
	upstream string
	url      string
	key      string
	via      string // how RingCentral tells of events
	post     *postman
	stop     func()
	sinks    map[string]func() string
}

// newAviary builds and runs the program with every secret that it can have.
func newAviary(t *testing.T, redis *redistest.Server) *aviary {
	t.Helper()
	a := &aviary{canaries: &canaries{texts: map[string]string{}}, t: t, sinks: map[string]func() string{}, via: "websocket"}
	a.post = &postman{c: a.canaries}
	var err error
	if a.sim, err = sim.New(sim.Config{Limits: sim.Unlimited(), Webhooks: a.post}); err != nil {
		t.Fatal(err)
	}
	up := httptest.NewServer(watched{a.sim, a.canaries})
	t.Cleanup(up.Close)
	addr, folder := freeAddr(t), t.TempDir()
	a.upstream, a.url, a.key = up.URL, "http://"+addr, a.plant("gateway key")
	env := []string{
		"RINGQL_ADDR=" + addr, "RINGQL_LOG_LEVEL=debug", "RINGQL_TIMEOUT=1s", "RINGQL_CACHE_TTL=0s", "RINGQL_INTROSPECTION=false", "RINGQL_LIMIT_AUTH=10000", "RINGQL_LIMIT_LIGHT=10000",
		"RINGQL_KEYS=app=" + a.key, "RINGCENTRAL_SERVER_URL=" + up.URL, "RINGCENTRAL_CLIENT_ID=" + sim.ClientID, "RINGCENTRAL_CLIENT_SECRET=" + sim.ClientSecret, "RINGCENTRAL_JWT=" + sim.JWT(sim.AdministratorID),
	}
	a.add("client secret", sim.ClientSecret)
	a.add("JWT", sim.JWT(sim.AdministratorID))
	for i, name := range []string{"RINGQL_SESSION_KEY", "RINGQL_SESSION_OLD_KEY"} {
		key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{byte(77 + i)}, 32))
		a.add("session key", key)
		a.add("session key", string(bytes.Repeat([]byte{byte(77 + i)}, 32)))
		env = append(env, name+"="+key)
	}
	file := func(name string) string {
		path := filepath.Join(folder, name)
		a.sinks[name] = func() string { b, _ := os.ReadFile(path); return string(b) }
		return path
	}
	env = append(env, "RINGQL_AUDIT="+file("audit"))
	if redis == nil {
		env = append(env, "RINGQL_SESSION_FILE="+file("session file"))
	} else {
		a.via = "webhook"
		env = append(env, "RINGQL_REDIS_URL="+redis.URL)
		a.sinks["redis"] = monitor(t, strings.TrimPrefix(redis.URL, "redis://"))
	}
	env = append(env, "RINGQL_EVENTS="+a.via, "RINGQL_EVENTS_URL="+a.url, "RINGQL_EVENTS_SECRET="+a.plant("secret of webhooks"))
	a.run(filepath.Join(folder, "ringql"), file("log"), env)
	return a
}

func (a *aviary) run(bin, log string, env []string) {
	a.t.Helper()
	if out, err := exec.CommandContext(a.t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		a.t.Fatalf("%v: %s", err, out)
	}
	out, err := os.Create(log)
	if err != nil {
		a.t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), bin)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, out, out
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		late.Stop()
		_ = out.Close()
	})
	a.t.Cleanup(a.stop)
	for range 500 {
		if resp, err := http.Get(a.url + "/readyz"); err == nil {
			_ = resp.Body.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	a.t.Fatalf("it does not come up: %s", a.sinks["log"]())
}

// monitor notes all that a Redis is told, whether it keeps it or not.
func monitor(t *testing.T, addr string) (said func() string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "MONITOR\r\n"); err != nil {
		t.Fatal(err)
	}
	b := new(syncBuffer)
	go func() { _, _ = io.Copy(b, conn) }()
	return b.String
}

// reply is an answer, header and all.
type reply struct {
	status int
	header http.Header
	text   string
}

var noRedirects = &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask sends a request and looks for what must not be in its answer; may is what may.
func (a *aviary) ask(may []string, method, to, body string, header ...string) reply {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, to, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := noRedirects.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		a.t.Fatal(err)
	}
	if path, ours := strings.CutPrefix(to, a.url); ours {
		a.look(fmt.Sprintf("the answer to %s %.60s", method, path), fmt.Sprint(resp.Header, string(text)), may...)
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// look fails the test for what stands in text and may not.
func (a *aviary) look(where, text string, may ...string) {
	a.t.Helper()
	for _, found := range a.in(text) {
		if slices.ContainsFunc(may, func(m string) bool { return strings.HasPrefix(found, m) }) {
			continue
		}
		a.t.Errorf("%s shows the %s%s", where, found, a.around(text, found))
	}
}

// query asks for GraphQL; may is what the answer may show.
func (a *aviary) query(may []string, doc string, variables any, header ...string) {
	a.t.Helper()
	body, _ := json.Marshal(map[string]any{"query": doc, "variables": variables})
	a.ask(may, http.MethodPost, a.url+"/graphql", string(body), append([]string{"Content-Type", "application/json"}, header...)...)
}

// socket says frames on a WebSocket and reads what comes until it is closed, or a while
// nothing has come.
func (a *aviary) socket(header http.Header, frames ...string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 3*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, a.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header})
	if err != nil {
		return // refused, which is an answer as well
	}
	defer func() { _ = conn.CloseNow() }()
	for _, f := range frames {
		if conn.Write(ctx, websocket.MessageText, []byte(f)) != nil {
			break
		}
	}
	for {
		_, b, err := conn.Read(ctx)
		a.look("a socket", string(b))
		if err != nil {
			a.look("the end of a socket", err.Error())
			return
		}
		if strings.Contains(string(b), `"complete"`) {
			return
		}
	}
}
