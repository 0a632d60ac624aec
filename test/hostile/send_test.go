package hostile_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is one thing that came back, or is to come back.
type answer struct {
	status string // or "closed", or what went wrong
	header http.Header
	body   string
}

// send opens a connection, sends the case and reads all that comes back until the
// connection ends.
func (c *hostileCase) send(addr string) ([]answer, error) {
	raw, method, err := c.request(addr)
	if err != nil {
		return nil, err
	}
	wants, err := c.wants(addr)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", addr, c.limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(c.limit)); err != nil {
		return nil, err
	}
	go func() { _, _ = conn.Write(raw) }() // it may be refused before its end
	r := bufio.NewReader(conn)
	var all []answer
	for {
		if len(all) >= max(1, len(wants)) { // all is said: what else comes was not asked for
			_ = conn.(*net.TCPConn).CloseWrite()
			if _, err := r.Peek(1); err != nil {
				if errors.Is(err, os.ErrDeadlineExceeded) {
					return all, errors.New("the connection does not end")
				}
				return all, nil
			}
		}
		a, open := readAnswer(r, method)
		if a.status == "101" {
			var want []string
			if len(wants) > 0 {
				want = strings.Split(wants[0].body, "\n")
			}
			frames, err := c.section("frames", addr)
			if err != nil {
				return nil, err
			}
			a.body = talk(conn, r, frames, want)
			return append(all, a), nil
		}
		if all = append(all, a); !open {
			return all, nil
		}
		if a.status != "100" {
			method = http.MethodGet
		}
	}
}

// readAnswer reads one answer; open says whether another can come on the connection.
func readAnswer(r *bufio.Reader, method string) (a answer, open bool) {
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return answer{status: "no answer in time"}, false
	case err != nil && (errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "reset")):
		return answer{status: "closed"}, false
	case err != nil:
		return answer{status: err.Error()}, false
	case resp.StatusCode == http.StatusSwitchingProtocols:
		return answer{status: "101", header: resp.Header}, true
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	a = answer{strconv.Itoa(resp.StatusCode), resp.Header, string(body)}
	if resp.Close {
		a.header.Set("Connection", "close") // the reader takes it away
	}
	if err != nil {
		a.body += "\n" + err.Error()
	}
	return a, err == nil && !resp.Close
}

// wants returns the answers that must come, in turn.
func (c *hostileCase) wants(addr string) ([]answer, error) {
	var all []answer
	for _, text := range slices.Concat(c.sections("answer"), c.sections("then")) {
		text, err := c.fill(text, addr)
		if err != nil {
			return nil, err
		}
		head, body, _ := strings.Cut(text, "\n\n")
		lines := strings.Split(strings.TrimSpace(head), "\n")
		a := answer{lines[0], http.Header{}, strings.TrimSuffix(body, "\n")}
		for _, line := range lines[1:] {
			name, value, ok := strings.Cut(line, ":")
			if !ok {
				return nil, fmt.Errorf("no header: %q", line)
			}
			a.header.Add(name, strings.TrimSpace(value))
		}
		all = append(all, a)
	}
	return all, nil
}

// compare says what is wrong with what came back; "" for nothing.
func (c *hostileCase) compare(addr string, got []answer) string {
	wants, err := c.wants(addr)
	if err != nil {
		return err.Error()
	}
	if len(wants) == 0 {
		return "the file has no answer"
	}
	for i, want := range wants {
		if i >= len(got) {
			return fmt.Sprintf("%d answers, want %d", len(got), len(wants))
		}
		if wrong := want.compare(got[i]); wrong != "" {
			return fmt.Sprintf("answer %d: %s", i+1, wrong)
		}
	}
	if len(got) > len(wants) {
		return fmt.Sprintf("answered without a question: %.300s", got[len(wants)])
	}
	return ""
}

// compare says what is wrong with an answer; "" for nothing.
func (a answer) compare(got answer) string {
	if got.status != a.status {
		return fmt.Sprintf("status %s, want %s: %.1000s", got.status, a.status, got.body)
	}
	for name, values := range a.header {
		switch have := got.header[name]; {
		case values[0] == "" && len(have) == 0:
		case !slices.EqualFunc(values, have, sameText):
			return fmt.Sprintf("%s: %q, want %q", name, have, values)
		}
	}
	switch {
	case a.status == "101":
		return compareTranscripts(a.body, got.body)
	case unsound(got) != "":
		return unsound(got)
	case !sameBody(a.body, got.body):
		return fmt.Sprintf("body\n%.3000s\nwant\n%.3000s", got.body, a.body)
	}
	return ""
}

// mostAnswer is the longest answer that a request of at most a megabyte may have.
const mostAnswer = 4 << 20

var harmlessID = regexp.MustCompile(`^[-_.0-9A-Za-z]{1,64}$`)

// unsound says which rule an answer breaks that holds for all of them.
func unsound(a answer) string {
	if id, ok := a.header["X-Request-Id"]; ok && !harmlessID.MatchString(strings.Join(id, " ")) {
		return fmt.Sprintf("X-Request-Id: %.100q", id)
	}
	if len(a.body) > mostAnswer {
		return fmt.Sprintf("an answer of %d bytes", len(a.body))
	}
	// 501 and 505 say that the server knows no such coding or version of HTTP.
	if a.status >= "500" && a.status <= "599" && a.status != "501" && a.status != "505" {
		return "the server says that the fault is its own: " + a.status
	}
	for line := range strings.Lines("\n" + a.body) { // of events, or parts, each
		text := strings.TrimPrefix(line, "data: ")
		if wrong := unsoundResponse(text, a.status >= "400" && a.status <= "499"); wrong != "" {
			return wrong
		}
	}
	return ""
}

func unsoundResponse(text string, refused bool) string {
	var body struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Locations  []struct{ Line, Column int }
			Path       []any
			Extensions struct{ Code string }
		}
	}
	if json.Unmarshal([]byte(text), &body) != nil {
		return ""
	}
	if refused && body.Data != nil {
		return "a refusal with data"
	}
	for _, e := range body.Errors {
		switch code := e.Extensions.Code; {
		case code == "" || code == "INTERNAL" || e.Message == "":
			return fmt.Sprintf("an error with code %q and message %q", code, e.Message)
		case (strings.HasPrefix(code, "GRAPHQL_") || code == "QUERY_TOO_COSTLY" && len(e.Path) == 0) && body.Data != nil:
			return "a request error with data"
		case (code == "GRAPHQL_PARSE_FAILED" || body.Data != nil) && (len(e.Locations) == 0 || e.Locations[0].Line < 1 || e.Locations[0].Column < 1):
			return "an error without a place: " + e.Message
		case body.Data != nil && len(e.Path) == 0:
			return "the error of a field without a path: " + e.Message
		}
	}
	return ""
}

// sameBody compares JSON as such, other text as it stands.
func sameBody(want, got string) bool {
	w, wantJSON := decode(want)
	g, gotJSON := decode(got)
	if wantJSON {
		return gotJSON && same(w, g)
	}
	return sameText(strings.TrimSpace(want), strings.TrimSpace(strings.ReplaceAll(got, "\r\n", "\n")))
}

// sameText compares text; an "*" at the end of what is wanted stands for any.
func sameText(want, got string) bool {
	start, open := strings.CutSuffix(want, "*")
	return got == want || open && strings.HasPrefix(got, start)
}

func decode(text string) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil, false
	}
	_, err := d.Token()
	return v, errors.Is(err, io.EOF)
}

// same compares decoded JSON. Text that ends with "*" is like any that begins so, "*" like
// any value; a list that begins with "50 of" has fifty of what follows, then the rest.
func same(want, got any) bool {
	switch want := want.(type) {
	case string:
		text, ok := got.(string)
		return want == "*" || ok && sameText(want, text)
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(want) {
			return false
		}
		for name, v := range want {
			if have, ok := g[name]; !ok || !same(v, have) {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		if len(want) >= 2 {
			var n int
			if first, isText := want[0].(string); isText && strings.HasSuffix(first, " of") {
				if _, err := fmt.Sscanf(first, "%d of", &n); err == nil && n <= len(g) {
					want = append(slices.Repeat(want[1:2], n), want[2:]...)
				}
			}
		}
		return ok && slices.EqualFunc(want, g, same)
	}
	return want == got
}

// text is the answer as a file has it, with the headers that it has.
func (a answer) text(want answer) string {
	var b strings.Builder
	b.WriteString(a.status + "\n")
	names := []string{"Content-Type"}
	for name := range want.header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if a.header.Get(name) != "" || want.header[name] != nil {
			b.WriteString(strings.TrimSpace(name+": "+a.header.Get(name)) + "\n")
		}
	}
	if a.body == "" {
		return b.String()
	}
	var pretty bytes.Buffer
	if a.status == "101" || json.Indent(&pretty, []byte(strings.TrimSpace(a.body)), "", "  ") != nil {
		return b.String() + "\n" + strings.TrimSuffix(strings.ReplaceAll(a.body, "\r\n", "\n"), "\n") + "\n"
	}
	return b.String() + "\n" + pretty.String() + "\n"
}
