package gateway_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// soon is the time for a refusal: what takes the stock server many seconds takes us a
// few milliseconds.
const soon = 1500 * time.Millisecond

// TestTrapsThatKill sends what kills or chokes the process.
func TestTrapsThatKill(t *testing.T) { spring(t, killTraps) }

var killTraps = []trap{
	{name: "lists nested without end", apart: true, stock: "stack overflow", check: survives("{a(x:" + strings.Repeat("[", 1_000_000))},
	{name: "fields nested without end", apart: true, stock: "stack overflow", check: survives(strings.Repeat("{a", 500_000))},
	{name: "inline fragments nested without end", apart: true, stock: "stack overflow", check: survives(strings.Repeat("{...", 250_000))},
	{name: "nesting in one message of a socket", apart: true, stock: "stack overflow", check: func(x target) error {
		l, err := x.greeted()
		if err != nil {
			return err
		}
		if err := l.say(subscribe("1", "{a(x:"+strings.Repeat("[", 1_000_000))); err != nil {
			return err
		}
		_, _ = l.hear() // an error, or the end
		return x.lives()
	}},
	{name: "one field many times", apart: true, stock: "no answer", check: refusedSoon("{" + strings.Repeat(" __typename", 8000) + "}")},
	{name: "fragments that double", apart: true, stock: "no answer", check: refusedSoon(doubling(26))},
	{name: "thousands of unknown fields", stock: "is answered with", check: shortAnswer(5000, 30_000)},
	{name: "errors within the limits of a document", stock: "is answered with", check: shortAnswer(900, 30_000)},
	{name: "malformed JSON", stock: "repeats the body", check: func(x target) error {
		const body = `{"query": "{ account { canary } }", nonsense}`
		for name, header := range map[string][]string{"JSON": nil, "events": {"Accept", "text/event-stream"}, "parts": {"Accept", "multipart/mixed"}} {
			switch a, err := x.send(http.MethodPost, "", body, header...); {
			case err != nil:
				return err
			case strings.Contains(a.text, "canary"):
				return fmt.Errorf("%s: the answer repeats the body: %s", name, brief(a.text))
			case a.status != http.StatusBadRequest:
				return fmt.Errorf("%s: status %d: %s", name, a.status, brief(a.text))
			}
		}
		return nil
	}},
	{name: "a large body", stock: "has status 200", check: tooLarge(`{"query":"{ __typename }","variables":{"x":"%s"}}`)},
	{name: "a large body with the library's remedy", wiring: wiring{maxBody: 1 << 20}, stock: "has status 200", check: tooLarge(`{"query":"{ __typename }","variables":{"x":"%s"}}`)},
	{name: "many operations on one socket", stock: "0 of 300 were refused", check: func(x target) error {
		l, err := x.greeted()
		if err != nil {
			return err
		}
		if _, err := x.post("{ account { mainNumber } }"); err != nil { // tells that the budget is large
			return err
		}
		x.slow(300, 20*time.Second)
		for i := range 300 {
			if err := l.say(subscribe(fmt.Sprint(i), "{ account { mainNumber } }")); err != nil {
				return err
			}
		}
		if err := l.say(`{"type":"ping"}`); err != nil {
			return err
		}
		for refused := 0; ; {
			text, err := l.hear()
			switch {
			case err != nil:
				return err
			case strings.Contains(text, `"QUERY_TOO_COSTLY"`):
				refused++
			case strings.Contains(text, `"pong"`) && refused < 200:
				return fmt.Errorf("%d of 300 were refused", refused)
			case strings.Contains(text, `"pong"`):
				return nil
			}
		}
	}},
}

// survives sends a query that must leave the process alive.
func survives(query string) func(target) error {
	return func(x target) error {
		start := time.Now()
		a, err := x.post(query)
		if err == nil && time.Since(start) > soon {
			return fmt.Errorf("answered after %s", time.Since(start))
		}
		if err == nil && a.code() == "" {
			return fmt.Errorf("it is carried out: %d %s", a.status, brief(a.text))
		}
		return x.lives()
	}
}

// refusedSoon sends a query that must be refused before it costs anything.
func refusedSoon(query string) func(target) error {
	return func(x target) error {
		client := *x.client
		client.Timeout = soon
		x.client = &client
		a, err := x.post(query)
		if err != nil {
			return err
		}
		if a.code() != "QUERY_TOO_COSTLY" {
			return fmt.Errorf("it is not refused: %d %s", a.status, brief(a.text))
		}
		return nil
	}
}

// shortAnswer sends a query of n unknown fields, the answer to which must be short.
func shortAnswer(n, most int) func(target) error {
	return func(x target) error {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " x%d", i)
		}
		a, err := x.post("{" + b.String() + "}")
		switch {
		case err != nil:
			return err
		case a.code() == "":
			return errors.New("it has no error with a code: " + brief(a.text))
		case len(a.text) > most:
			return fmt.Errorf("it is answered with %d bytes", len(a.text))
		}
		return nil
	}
}

// tooLarge sends a body of 4 MB, which must have its own status.
func tooLarge(form string) func(target) error {
	return func(x target) error {
		a, err := x.send(http.MethodPost, "", fmt.Sprintf(form, strings.Repeat("x", 4<<20)))
		if err == nil && a.status != http.StatusRequestEntityTooLarge {
			err = fmt.Errorf("it has status %d: %s", a.status, brief(a.text))
		}
		return err
	}
}
