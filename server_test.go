package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/config"
)

// freeAddr returns a loopback address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// running is the program with its log.
type running struct {
	url  string
	log  *syncBuffer
	stop func() error
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start runs the program as its command line and environment would.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	addr := freeAddr(t)
	cli, _ := config.Parse(append([]string{"serve", "--addr", addr, "--sim-addr", freeAddr(t)}, args...), "test")
	r := &running{url: "http://" + addr, log: &syncBuffer{}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, cli.Serve, slog.New(slog.NewTextHandler(r.log, nil))) }()
	r.stop = func() error {
		cancel()
		select {
		case err := <-done:
			done <- err
			return err
		case <-time.After(20 * time.Second):
			return context.DeadlineExceeded
		}
	}
	t.Cleanup(func() { _ = r.stop() })
	for range 200 {
		if resp, err := http.Get(r.url + "/graphql"); err == nil {
			_ = resp.Body.Close()
			return r
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("it does not come up: %s", r.log)
	return nil
}

func (r *running) post(t *testing.T, query string) string {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	resp, err := http.Post(r.url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An empty environment is a working gateway in front of a simulator, and stops in order.
func TestServe(t *testing.T) {
	r := start(t)
	if got := r.post(t, "{ account { rcId mainNumber } viewer { name } }"); got != `{"data":{"account":{"rcId":"401145624008","mainNumber":"+18555440014"},"viewer":{"name":"John Smith"}}}`+"\n" {
		t.Errorf("got %s", got)
	}
	if !strings.Contains(r.log.String(), "administrator") {
		t.Errorf("the log does not say as whom requests act: %s", r.log)
	}
	if err := r.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// The same program talks to a RingCentral elsewhere when it is told its address
// and three things about itself.
func TestServeRealUpstream(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var up config.Upstream
	if err := simulate(ctx, config.Company{Addr: "127.0.0.1:0", Extensions: 25, Numbers: 40, Seed: 1, Limits: true}, &up, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RINGCENTRAL_SERVER_URL", up.ServerURL)
	t.Setenv("RINGCENTRAL_CLIENT_ID", up.ClientID)
	t.Setenv("RINGCENTRAL_CLIENT_SECRET", up.ClientSecret)
	t.Setenv("RINGCENTRAL_JWT", up.JWT)
	r := start(t)
	if got := r.post(t, "{ account { mainNumber } }"); !strings.Contains(got, "+18555440014") {
		t.Errorf("got %s", got)
	}
	for _, secret := range []string{up.ClientSecret, up.JWT} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log holds a secret: %s", r.log)
		}
	}
}

// Without a credential of its own, clients bring their tokens.
func TestServeBearerOnly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var up config.Upstream
	if err := simulate(ctx, config.Company{Addr: "127.0.0.1:0", Extensions: 1, Numbers: 1}, &up, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	r := start(t, "--ringcentral-server-url", up.ServerURL)
	if got := r.post(t, "{ account { mainNumber } }"); !strings.Contains(got, "UNAUTHENTICATED") {
		t.Errorf("got %s", got)
	}
	if strings.Contains(r.log.String(), "calls=") {
		t.Errorf("the log counts a call that was not sent: %s", r.log)
	}
}

// A credential that RingCentral refuses is told of at the start.
func TestServeBadCredential(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var up config.Upstream
	if err := simulate(ctx, config.Company{Addr: "127.0.0.1:0", Extensions: 1, Numbers: 1}, &up, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	r := start(t, "--ringcentral-server-url", up.ServerURL, "--ringcentral-client-id", up.ClientID, "--ringcentral-client-secret", "wrong", "--ringcentral-jwt", up.JWT)
	for range 100 {
		if strings.Contains(r.log.String(), "RINGCENTRAL_CLIENT_ID") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("the log says nothing: %s", r.log)
}

// A request under way when the program is told to stop is finished.
func TestGracefulStop(t *testing.T) {
	r := start(t, "--sim-latency", "700ms")
	got := make(chan string, 1)
	go func() { got <- r.post(t, "{ viewer { name } }") }()
	time.Sleep(300 * time.Millisecond)
	if err := r.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	if text := <-got; !strings.Contains(text, "John Smith") {
		t.Errorf("got %s", text)
	}
}

// A bad setting stops the start with one line that names it; help and version end well.
func TestCommandLine(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "ringql")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, tt := range []struct {
		env, args string
		want      string // "" ends well
	}{
		{"RINGQL_ADDR=8080", "", "RINGQL_ADDR"},
		{"RINGQL_KEYS=canary", "", "RINGQL_KEYS"},
		{"RINGQL_TIMEOUT=soon", "", "RINGQL_TIMEOUT"},
		{"RINGQL_TIMEOUT=0s", "", "RINGQL_TIMEOUT"},
		{"RINGQL_ORIGINS=*", "", "RINGQL_ORIGINS"},
		{"RINGQL_MAX_RATE=-1", "", "RINGQL_MAX_RATE"},
		{"RINGQL_TRUSTED_DOCUMENTS=/dev/null", "", "RINGQL_TRUSTED_DOCUMENTS"},
		{"RINGQL_MAX_ROWS=5000", "", "RINGQL_MAX_ROWS"},
		{"RINGQL_LOG_LEVEL=loud", "", "log-level"},
		{"RINGCENTRAL_API=v3", "", "ringcentral-api"},
		{"RINGCENTRAL_SERVER_URL=platform.ringcentral.com", "", "RINGCENTRAL_SERVER_URL"},
		{"RINGCENTRAL_SERVER_URL=https://x/restapi", "", "RINGCENTRAL_SERVER_URL"},
		{"RINGCENTRAL_CLIENT_SECRET=canary", "", "RINGCENTRAL_CLIENT_ID"},
		{"RINGQL_SESSION_URL=http://ringql.example.com", "", "RINGQL_SESSION_URL"},
		{"RINGQL_SESSION_KEY=canary", "", "RINGQL_SESSION_KEY"},
		{"RINGQL_SESSION_FILE=/tmp/sessions", "", "RINGQL_SESSION_KEY"},
		{"RINGCENTRAL_JWT=canary", "", "RINGCENTRAL_CLIENT_ID"},
		{"RINGQL_SIM_EXTENSIONS=0", "", "RINGQL_SIM_EXTENSIONS"},
		{"RINGQL_SIM_ADDR=" + taken.Addr().String(), "", "RINGQL_SIM_ADDR"},
		{"", "--nonsense", "nonsense"},
		{"", "--help", ""},
		{"", "sim --help", ""},
		{"", "--version", ""},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // a setting that is taken makes it run for good
		cmd := exec.CommandContext(ctx, bin, strings.Fields(tt.args)...)
		cmd.Env = append(os.Environ(), "RINGQL_ADDR=127.0.0.1:0", "RINGQL_SIM_ADDR=127.0.0.1:0", tt.env)
		out, err := cmd.CombinedOutput()
		cancel()
		text := strings.TrimSpace(string(out))
		switch {
		case (err == nil) != (tt.want == ""):
			t.Errorf("%s %s: %v %s", tt.env, tt.args, err, text)
		case tt.want != "" && (strings.Count(text, "\n") > 0 || !strings.Contains(text, tt.want) || strings.Contains(text, "canary")):
			t.Errorf("%s %s: %s", tt.env, tt.args, text)
		}
	}
	help, _ := exec.CommandContext(t.Context(), bin, "--help").Output()
	for _, want := range []string{"RINGQL_ADDR", "RINGCENTRAL_JWT", "RINGQL_SIM_SEED", "127.0.0.1:8080"} {
		if !strings.Contains(string(help), want) {
			t.Errorf("--help does not show %s", want)
		}
	}
}

// Health has an address of its own, if one is set, and answers until the end.
func TestHealthAddr(t *testing.T) {
	addr := freeAddr(t)
	r := start(t, "--health-addr", addr)
	get := func(url string) int {
		resp, err := http.Get(url)
		if err != nil {
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/graphql": 404} {
		if got := get("http://" + addr + path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	for _, path := range []string{"/healthz", "/metrics"} {
		if got := get(r.url + path); got != http.StatusNotFound {
			t.Errorf("%s is served with the rest: %d", path, got)
		}
	}
}

// HTTP/2 is spoken without TLS if that is set, and not else.
func TestH2C(t *testing.T) {
	for flag, want := range map[string]int{"--h2c": 2, "--no-h2c": 0} {
		r := start(t, flag)
		protocols := new(http.Protocols)
		protocols.SetUnencryptedHTTP2(true)
		client := http.Client{Transport: &http.Transport{Protocols: protocols}}
		resp, err := client.Post(r.url+"/graphql", "application/json", strings.NewReader(`{"query":"{ account { mainNumber } }"}`))
		got := 0
		if err == nil {
			got = resp.ProtoMajor
			_ = resp.Body.Close()
		}
		if got != want {
			t.Errorf("%s: HTTP/%d, %v", flag, got, err)
		}
		if text := r.post(t, "{ account { mainNumber } }"); !strings.Contains(text, "+18555440014") {
			t.Errorf("%s: by HTTP/1.1: %s", flag, text)
		}
	}
}
