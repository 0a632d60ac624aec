package bench

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

var update = flag.Bool("update", false, "rewrite the answers in docs/budget.md")

const budgetDoc = "../docs/budget.md"

// fence is a block of code in Markdown: what it holds, and the words behind its first line.
var fence = regexp.MustCompile("(?m)^```(graphql|json) ?(.*)\n((?:[^`].*\n|\n)*)```$")

// shown makes what a block of JSON shows out of the last query: a mode of asking, and the part
// of the answer.
var shown = map[string]struct {
	mode string
	part func(answer json.RawMessage) json.RawMessage
}{
	"plan": {"dry-run", func(b json.RawMessage) json.RawMessage { return within(b, "extensions", "rest", "plan") }},
	"sum": {"dry-run", func(b json.RawMessage) json.RawMessage {
		return without("calls", within(b, "extensions", "rest", "plan"))
	}},
	"actual": {"actual", func(b json.RawMessage) json.RawMessage { return within(b, "extensions", "rest") }},
	"spent":  {"actual", func(b json.RawMessage) json.RawMessage { return without("calls", within(b, "extensions", "rest")) }},
	"answer": {"", func(b json.RawMessage) json.RawMessage { return b }},
}

// The guide to budgets shows what the gateway answers: each of its queries is asked of one
// gateway, in their order, with a minute between them, but for those marked "soon".
func TestGoldenBudgetDoc(t *testing.T) {
	doc, err := os.ReadFile(budgetDoc)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	synctest.Test(t, func(t *testing.T) {
		s, query := newStandOf(t, sim.Config{Extensions: 1000, Numbers: 1600, Seed: 1, Groups: true, Fax: true, Latency: 100 * time.Millisecond}), ""
		got := fence.ReplaceAllStringFunc(string(doc), func(block string) string {
			m := fence.FindStringSubmatch(block)
			if m[1] == "graphql" {
				query = m[3]
				time.Sleep(map[string]time.Duration{"": 65 * time.Second, "soon": 6 * time.Second}[m[2]])
				return block
			}
			show, known := shown[m[2]]
			if !known {
				t.Fatalf("no kind of block: %s", m[2])
			}
			kinds[m[2]] = true
			header := http.Header{}
			if show.mode != "" {
				header.Set("X-RingQL-Plan", show.mode)
			}
			if strings.Contains(query, "@defer") {
				header.Set("Accept", "multipart/mixed")
			}
			shown := show.part(firstPart.Find(s.post(t, query, nil, header)))
			return "```json " + m[2] + "\n" + layout(requestID.ReplaceAll(shown, []byte(`"requestId":"..."`)), "", 0) + "\n```"
		})
		switch {
		case got == string(doc):
		case *update:
			if err := os.WriteFile(budgetDoc, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("docs/budget.md is not what the gateway answers: run make update and read the diff.\n%s", firstDifference(got, string(doc)))
		}
	})
	if len(kinds) < len(shown) {
		t.Errorf("the guide shows only %v", kinds)
	}
}

// firstPart is the JSON of an answer, or of its first part.
var firstPart = regexp.MustCompile(`(?m)^\{.*$`)

var requestID = regexp.MustCompile(`"requestId":"[^"]+"`)

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(g), len(w))
}

// member is one of an object, or of an array, where it has no key.
type member struct {
	key   string
	value json.RawMessage
}

// open returns the members of an object or array in their order; nil of anything else.
func open(raw json.RawMessage) (brackets string, in []member) {
	d := json.NewDecoder(bytes.NewReader(raw))
	first, _ := d.Token()
	switch first {
	case json.Delim('{'):
		brackets = "{}"
	case json.Delim('['):
		brackets = "[]"
	default:
		return "", nil
	}
	for d.More() {
		var m member
		if brackets == "{}" {
			key, _ := d.Token()
			m.key, _ = key.(string)
		}
		_ = d.Decode(&m.value) // it is an answer that was read before
		in = append(in, m)
	}
	return brackets, in
}

// within returns what stands under keys.
func within(raw json.RawMessage, keys ...string) json.RawMessage {
	for _, key := range keys {
		_, in := open(raw)
		raw = nil
		for _, m := range in {
			if m.key == key {
				raw = m.value
			}
		}
	}
	return raw
}

// without returns an object that lacks a key.
func without(key string, raw json.RawMessage) json.RawMessage {
	var left []string
	_, in := open(raw)
	for _, m := range in {
		if m.key != key {
			left = append(left, fmt.Sprintf("%q:%s", m.key, m.value))
		}
	}
	return json.RawMessage("{" + strings.Join(left, ",") + "}")
}

// columns is how wide a line may be.
const columns = 100

// layout renders JSON for readers: as many members on a line as it has room for, of which a
// key before it takes some.
func layout(raw json.RawMessage, indent string, key int) string {
	brackets, in := open(raw)
	if brackets == "" {
		return string(raw)
	}
	var lines []string
	for _, m := range in {
		name := ""
		if m.key != "" {
			name = fmt.Sprintf("%q: ", m.key)
		}
		text, last := name+layout(m.value, indent+"  ", len(name)), len(lines)-1
		if last >= 0 && !strings.Contains(lines[last]+text, "\n") && len(indent+lines[last]+text)+5 <= columns {
			lines[last] += ", " + text
		} else {
			lines = append(lines, text)
		}
	}
	whole := strings.Join(lines, ", ")
	if len(lines) < 2 && !strings.Contains(whole, "\n") && len(indent+whole)+key+5 <= columns {
		if brackets == "{}" {
			whole = " " + whole + " "
		}
		return brackets[:1] + whole + brackets[1:]
	}
	return brackets[:1] + "\n  " + indent + strings.Join(lines, ",\n  "+indent) + "\n" + indent + brackets[1:]
}
