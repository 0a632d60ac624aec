package hostile_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"golang.org/x/tools/txtar"
)

// hostileCase is one file of the corpus.
type hostileCase struct {
	name, file, comment string
	bug                 string // what is wrong with the gateway, if the answer is known to be
	archive             *txtar.Archive
	filled              map[string]string // templates, once filled in
	limit               time.Duration
	patient             bool
}

func parseFile(file string) (*hostileCase, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c, err := parse(strings.TrimSuffix(filepath.Base(file), ".txtar"), b)
	if err == nil {
		c.file = file
	}
	return c, err
}

func parse(name string, text []byte) (*hostileCase, error) {
	c := &hostileCase{name: name, archive: txtar.Parse(text), filled: map[string]string{}, limit: 10 * time.Second}
	c.comment = strings.TrimSpace(string(c.archive.Comment))
	if _, bug, ok := strings.Cut(c.comment, "BUG: "); ok {
		c.bug = bug
	}
	for _, f := range c.archive.Files {
		switch f.Name {
		case "request", "query", "frames", "answer", "then":
		case "patience":
			d, err := time.ParseDuration(strings.TrimSpace(string(f.Data)))
			if err != nil {
				return nil, err
			}
			c.limit, c.patient = d, true
		default:
			return nil, fmt.Errorf("no section is called %s", f.Name)
		}
	}
	return c, nil
}

// sections returns the text of all sections of a name, as they stand in the file.
func (c *hostileCase) sections(name string) []string {
	var all []string
	for _, f := range c.archive.Files {
		if f.Name == name {
			all = append(all, string(f.Data))
		}
	}
	return all
}

// section returns one section, filled in.
func (c *hostileCase) section(name, addr string) (string, error) {
	all := c.sections(name)
	if len(all) == 0 {
		return "", nil
	}
	return c.fill(all[0], addr)
}

// What templates put into the head of a request to break its form: a line feed alone, and
// an end before the empty line.
const (
	lf   = "\ue000"
	stop = "\ue001"
)

// functions are what templates may call.
func (c *hostileCase) functions(addr string) template.FuncMap {
	return template.FuncMap{
		"host":   func() string { return addr },
		"repeat": func(text string, n int) string { return strings.Repeat(text, n) },
		"seq": func(n int) []int {
			all := make([]int, n)
			for i := range all {
				all[i] = i
			}
			return all
		},
		"add": func(a, b int) int { return a + b },
		"mul": func(a, b int) int { return a * b },
		"json": func(v any) (string, error) {
			b, err := json.Marshal(v)
			return string(b), err
		},
		"query": func() (string, error) {
			text, err := c.section("query", addr)
			if err != nil {
				return "", err
			}
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			err = e.Encode(strings.TrimSuffix(text, "\n"))
			return strings.TrimSpace(b.String()), err
		},
		"base64": func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) },
		"escape": url.QueryEscape,
		"gzip": func(text string) (string, error) {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			_, _ = w.Write([]byte(text)) // to memory
			err := w.Close()
			return b.String(), err
		},
		"chunk": func(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) },
		"lf":    func() string { return lf },
		"stop":  func() string { return stop },
		// fragments are n fragments, each of which spreads the next one twice.
		"fragments": func(n int, of, leaf string) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "fragment F%d on %s { ...F%d ...F%d }\n", i, of, i+1, i+1)
			}
			fmt.Fprintf(&b, "fragment F%d on %s { %s }", n, of, leaf)
			return b.String()
		},
	}
}

// fill fills in a template. A case is sent to one address only.
func (c *hostileCase) fill(text, addr string) (string, error) {
	if done, ok := c.filled[text]; ok || !strings.Contains(text, "{{") {
		return cmp.Or(done, text), nil
	}
	t, err := template.New(c.name).Funcs(c.functions(addr)).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, nil); err != nil {
		return "", err
	}
	c.filled[text] = b.String()
	return b.String(), nil
}

// request returns what is sent, and its method.
func (c *hostileCase) request(addr string) (raw []byte, method string, err error) {
	text, err := c.section("request", addr)
	if err != nil || text == "" {
		return nil, "", fmt.Errorf("no request: %w", err)
	}
	head, body, _ := strings.Cut(text, "\n\n")
	body = strings.TrimSuffix(body, "\n")
	lower := "\n" + strings.ToLower(head)
	if body != "" && !strings.Contains(lower, "\ncontent-length") && !strings.Contains(lower, "\ntransfer-encoding") {
		head += fmt.Sprintf("\nContent-Length: %d", len(body))
	}
	head = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(head, "\n"), "\n", "\r\n"), lf, "\n")
	method, _, _ = strings.Cut(head, " ")
	if head, _, cut := strings.Cut(head, stop); cut {
		return []byte(head), method, nil
	}
	return []byte(head + "\r\n\r\n" + body), method, nil
}

// rewrite puts what came back in place of the answers.
func (c *hostileCase) rewrite(t *testing.T, addr string, got []answer) {
	t.Helper()
	wants, err := c.wants(addr)
	if err != nil {
		t.Fatal(err)
	}
	var kept []txtar.File
	for _, f := range c.archive.Files {
		if f.Name != "answer" && f.Name != "then" {
			kept = append(kept, f)
		}
	}
	name := "answer"
	for i, a := range got {
		var want answer
		if i < len(wants) {
			want = wants[i]
		}
		kept = append(kept, txtar.File{Name: name, Data: []byte(a.text(want))})
		name = "then"
	}
	c.archive.Files = kept
	if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o600); err != nil {
		t.Fatal(err)
	}
}
