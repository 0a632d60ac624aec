package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/gateway"
)

// trap is something that goes wrong with the libraries wired as their documentation
// has it. The check must fail there, so that it is known to be able to, and pass with us.
type trap struct {
	name  string
	stock string // what the check finds wrong with the stock wiring, or a part of it

	apart  bool // the stock server is a process of its own: it dies, or cannot be stopped
	wiring wiring
	config func(*gateway.Config)
	said   string // the type and the text that the stock wiring answered, where it cannot
	text   string // be asked any more
	check  func(target) error
}

// target is a server that is talked to.
type target struct {
	ctx        context.Context
	url, token string
	client     *http.Client
	other      string                       // the token of another person; "" if there is none
	change     func()                       // changes something upstream; nil in a process of its own
	slow       func(n int, d time.Duration) // the next n reads of the account take that long; nil as well
	kill       func()                       // ends a process of its own
	lastWords  func() string                // of that process, why it died
}

// spring checks that every trap is one, and that it is none with us.
func spring(t *testing.T, traps []trap) {
	t.Helper()
	for _, tr := range traps {
		t.Run(tr.name, func(t *testing.T) {
			var stock target
			switch {
			case tr.said != "":
				stock = newRecorded(t, tr.said, tr.text)
			case tr.apart:
				stock = newStockApart(t)
			default:
				stock = newStock(t, tr.wiring)
			}
			wants(t, tr, tr.check(stock))
			if stock.kill != nil {
				stock.kill() // it takes no time from what follows
			}
			if err := tr.check(ourTarget(t, tr.config)); err != nil {
				t.Error(err)
			}
		})
	}
}

// wants checks that the stock wiring failed, and as expected.
func wants(t *testing.T, tr trap, err error) {
	t.Helper()
	if err == nil {
		t.Error("the stock wiring passes: this is no trap any more, or the check cannot fail")
	} else if !strings.Contains(err.Error(), tr.stock) {
		t.Errorf("the stock wiring fails by %q, and not as expected: %v", tr.stock, err)
	}
}

func ourTarget(t *testing.T, change func(*gateway.Config)) target {
	t.Helper()
	s := newStack(t, change)
	x := target{ctx: t.Context(), url: s.url, token: s.token, client: http.DefaultClient}
	x.over(s.sim)
	return x
}

// newRecorded returns a server that answers everything by one text.
func newRecorded(t *testing.T, kind, text string) target {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(srv.Close)
	return target{ctx: t.Context(), url: srv.URL, client: http.DefaultClient}
}

// newStockApart starts the stock server in a process of its own.
func newStockApart(t *testing.T) target {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStockServer$")
	cmd.Env = append(os.Environ(), "RINGQL_STOCK_SERVER=1")
	var said bytes.Buffer
	cmd.Stderr = &said
	if _, err := cmd.StdinPipe(); err != nil { // it ends with us
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	x := target{ctx: t.Context(), client: &http.Client{Timeout: 10 * time.Second}}
	x.kill = func() {
		_ = cmd.Process.Kill()
		<-ended
	}
	x.lastWords = func() string {
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			return "it lives, and does not answer"
		}
		for line := range strings.Lines(said.String()) {
			if strings.HasPrefix(line, "fatal error:") {
				return strings.TrimSpace(line)
			}
		}
		return said.String()
	}
	if _, err := fmt.Fscan(out, &x.url, &x.token); err != nil {
		t.Fatalf("the stock server does not start: %v %s", err, said.String())
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(x.kill)
	return x
}

// send sends a request to /graphql.
func (x target) send(method, query, body string, header ...string) (answer, error) {
	req, err := http.NewRequestWithContext(x.ctx, method, x.url+"/graphql"+query, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+x.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := x.client.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, fmt.Errorf("half an answer: %w", err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}, nil
}

func (x target) post(query string, header ...string) (answer, error) {
	return x.postWith(query, nil, header...)
}

func (x target) postWith(query string, variables map[string]any, header ...string) (answer, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return answer{}, err
	}
	return x.send(http.MethodPost, "", string(body), header...)
}

func (x target) get(query string, header ...string) (answer, error) {
	return x.send(http.MethodGet, "?query="+url.QueryEscape(query), "", header...)
}

// lives says what keeps x from answering a request that is all right.
func (x target) lives() error {
	a, err := x.post("{ __typename }")
	switch {
	case err != nil && x.lastWords != nil:
		return fmt.Errorf("the process died: %s", x.lastWords())
	case err != nil:
		return fmt.Errorf("the process died: %w", err)
	case !strings.Contains(a.text, `"Query"`):
		return fmt.Errorf("it is ill: %d %s", a.status, a.text)
	}
	return nil
}

// brief is the beginning of a text.
func brief(s string) string { return s[:min(len(s), 200)] }

// keys are the entries of an answer.
func (a answer) keys() (map[string]json.RawMessage, error) {
	var body map[string]json.RawMessage
	if err := json.Unmarshal([]byte(a.text), &body); err != nil {
		return nil, fmt.Errorf("%w: %s", err, brief(a.text))
	}
	return body, nil
}
