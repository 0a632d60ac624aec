package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden runs every testdata/*.txtar: the query goes to a whole gateway in
// front of a simulated upstream, and both the response and the upstream calls
// must match the file. The clock inside synctest is pretend: batching is exact,
// and a minute's penalty takes no time.
//
// Sections: query.graphql; variables.json; extensions.json; header.txt, lines of its header;
// before.graphql, sent first, its calls not recorded; sim.txt, settings and faults of the simulator, a line each;
// gateway.txt, settings of the gateway. An answer too long to read in review
// stands as counts.txt, how often each key occurs in it, in place of response.json.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files")
	}
	check := newContract(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			synctest.Test(t, func(t *testing.T) {
				c := newCase(t, ar, check)
				got["response.json"] = c.run(t, ar)
				got["upstream.txt"] = calls(c.sim.Calls())
				checkAudit(t, section(ar, "query.graphql"), c.audit.String(), got["response.json"])
			})
			names := []string{"response.json", "upstream.txt"}
			if section(ar, "counts.txt") != "" {
				names[0] = "counts.txt"
				got["counts.txt"] = counts(got["response.json"])
			}
			for _, name := range names {
				if want := section(ar, name); *update {
					set(ar, name, got[name])
				} else if got[name] != want {
					t.Errorf("%s:\ngot\n%s\nwant\n%s", name, got[name], want)
				}
			}
			if *update {
				if err := os.WriteFile(f, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// goldenCase is a gateway in front of a simulator.
type goldenCase struct {
	sim    *sim.Server
	h      http.Handler
	header http.Header
	audit  *lockedBuffer

	extensions string // of requests, as JSON
}

// run sends what a file has before its query, and the query, whose answer it returns.
func (c *goldenCase) run(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	if before := section(ar, "before.graphql"); before != "" {
		c.post(t, before, "")
		c.sim.ResetCalls()
		c.audit.Reset()
	}
	c.extensions = section(ar, "extensions.json")
	for line := range strings.Lines(section(ar, "header.txt")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		c.header.Add(name, value)
	}
	return c.post(t, section(ar, "query.graphql"), section(ar, "variables.json"))
}

func newCase(t *testing.T, ar *txtar.Archive, check *contract) *goldenCase {
	t.Helper()
	c := &goldenCase{header: http.Header{}, audit: &lockedBuffer{}}
	cfg, steps := simConfig(t, section(ar, "sim.txt"))
	upstream, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.sim = upstream
	for _, step := range steps {
		step(upstream)
	}
	set := settings(section(ar, "gateway.txt"))
	rc := rest.Config{
		BaseURL: "http://upstream", Generation: rest.Preference(set["api"]), Who: auth.Key,
		NoPreflight: set["preflight"] == "no", ManyIDs: number(t, set["many ids"]), MaxAnswer: int64(number(t, set["max answer"])),
	}
	if s := set["cache"]; s != "" {
		if rc.Cache.TTL, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
		rc.Cache.DictionaryTTL = time.Hour
	}
	if s := set["scopes"]; s != "" { // of the token, as far as the gateway knows
		rc.Scopes = func(context.Context) []string { return strings.Fields(s) }
	}
	gate := budget.NewGate()
	base := check.transport(t, upstream.Transport())
	if op := set["panic"]; op != "" {
		base = panicking{op}
	}
	if set["as"] == "basic" { // as something in between that signs requests in its own way
		base = basic(base)
	}
	rc.Gate = gate
	if rc.Scopes == nil {
		rc.Scopes = auth.Scopes
	}
	rc.Transport = rest.Chain(base, rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key))
	gc := gateway.Config{REST: rest.New(rc), Gate: gate, Auth: &auth.Authenticator{}, Introspection: true, Audit: slog.NewJSONHandler(c.audit, nil)}
	if s := set["timeout"]; s != "" {
		if gc.Timeout, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	gc.Limits.Calls = number(t, set["most calls"])
	switch who := set["as"]; who {
	case "", "basic": // the administrator
		c.header.Set("Authorization", "Bearer "+upstream.Token(sim.AdministratorID))
	case "nobody":
	case "service":
		gc.Auth.Service = auth.NewService(auth.Credential{
			ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret), JWT: auth.NewSecret(sim.JWT(sim.AdministratorID)),
		}, rest.Chain(base, rest.ForTokens(), budget.Transport(gate, auth.Key)))
	case "reader": // an app that may only read
		c.header.Set("Authorization", "Bearer "+upstream.Token(sim.AdministratorID, "ReadAccounts"))
	case "standard user":
		c.header.Set("Authorization", "Bearer "+upstream.Token(sim.StandardUserID))
	case "number manager": // by a role of the company's own
		c.header.Set("Authorization", "Bearer "+upstream.Token(sim.NumberManagerID))
	case "without extension":
		c.header.Set("Authorization", "Bearer "+upstream.Token(""))
	default: // a token that is not known
		c.header.Set("Authorization", "Bearer "+who)
	}
	g, err := gateway.New(gc)
	if err != nil {
		t.Fatal(err)
	}
	c.h = g
	return c
}

// basic signs requests with what RingCentral takes from apps alone.
func basic(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.SetBasicAuth(sim.ClientID, sim.ClientSecret)
		return next.RoundTrip(r)
	})
}

// settings reads "name = value" lines.
func settings(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		out[name] = value
	}
	return out
}

func number(t *testing.T, s string) int {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var fault = regexp.MustCompile(`^fail (\w+) (\d+) times: (.*)$`)

// simConfig reads the simulator's settings, and the faults it is to have.
func simConfig(t *testing.T, text string) (cfg sim.Config, steps []func(*sim.Server)) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := fault.FindStringSubmatch(line); m != nil {
			f := simFault(t, m[3])
			steps = append(steps, func(s *sim.Server) { s.FailNext(m[1], number(t, m[2]), f) })
			continue
		}
		name, value, _ := strings.Cut(line, " = ")
		switch name {
		case "extensions":
			cfg.Extensions = number(t, value)
		case "numbers":
			cfg.Numbers = number(t, value)
		case "groups":
			cfg.Groups = value == "yes"
		case "fax":
			cfg.Fax = value == "yes"
		case "many ids":
			cfg.BulkIDs = number(t, value)
		case "shared line": // of a device
			steps = append(steps, func(s *sim.Server) { s.ShareLine(value) })
		case "limit heavy":
			cfg.Limits = map[string]int{"light": 50, "medium": 40, "heavy": number(t, value)}
		case "limit medium":
			cfg.Limits = map[string]int{"light": 50, "medium": number(t, value), "heavy": 10}
		case "limit light":
			cfg.Limits = map[string]int{"light": number(t, value), "medium": 40, "heavy": 10}
		case "task time":
			d, err := time.ParseDuration(value)
			if err != nil {
				t.Fatal(err)
			}
			cfg.AsyncBulkAdd, cfg.TaskTime = true, d
		case "answer":
			cfg.Bulk = map[string]sim.Bulk{"multipart": sim.BulkMultipart, "no many ids": sim.BulkNone}[value]
		case "generation":
			cfg.Generation = map[string]sim.Generation{"legacy": sim.Legacy, "current": sim.Current}[value]
		default:
			t.Fatalf("sim.txt: %q is not known", line)
		}
	}
	return cfg, steps
}

func simFault(t *testing.T, text string) sim.Fault {
	t.Helper()
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "drop":
		return sim.Fault{Drop: true}
	case "lose": // the answer, after it took effect
		return sim.Fault{DropAfter: true}
	case "delay":
		d, err := time.ParseDuration(rest)
		if err != nil {
			t.Fatal(err)
		}
		return sim.Fault{Delay: d}
	case "replace": // old with new in the answer
		old, with, _ := strings.Cut(rest, " with ")
		return sim.Fault{Mangle: func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(with)) }}
	case "status":
		status, body, _ := strings.Cut(rest, " ")
		f := sim.Fault{Status: number(t, status), Header: http.Header{}, Body: body}
		if after, b, ok := strings.Cut(strings.TrimPrefix(body, "after "), " "); ok && strings.HasPrefix(body, "after ") {
			f.Header.Set("Retry-After", after)
			f.Body = b
		}
		return f
	}
	t.Fatalf("sim.txt: fault %q is not known", text)
	return sim.Fault{}
}

func (c *goldenCase) post(t *testing.T, query, variables string) string {
	t.Helper()
	params := map[string]any{"query": query}
	if variables != "" {
		params["variables"] = json.RawMessage(variables)
	}
	if c.extensions != "" {
		params["extensions"] = json.RawMessage(c.extensions)
	}
	body, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header = c.header.Clone()
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	return pretty(t, w.Body.Bytes())
}

var randomID = regexp.MustCompile(`("(?:rcR|r)equestId": ")[^"]+`)

// listedCalls are the calls that a bulk change says it made, indented.
var listedCalls = regexp.MustCompile(`(?s)"calls": \[\n(.*?)\n +\]`)

// inOrder sorts calls as they are told: those sent at once come in any order.
func inOrder(block string) string {
	m := listedCalls.FindStringSubmatch(block)
	end := m[1][strings.LastIndex(m[1], "\n")+1:] // the indented brace
	calls := strings.Split(m[1]+",\n", end+",\n")
	calls = calls[:len(calls)-1]
	slices.Sort(calls)
	return strings.Replace(block, m[1], strings.Join(calls, end+",\n")+end, 1)
}

// pretty indents an answer, hides what is random in it, and has calls in a fixed order.
func pretty(t *testing.T, b []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	text := listedCalls.ReplaceAllStringFunc(strings.TrimSpace(out.String()), inOrder)
	return randomID.ReplaceAllString(text, "${1}...") + "\n"
}

var manyIDs = regexp.MustCompile(`\d+(,\d+){3,}`)

// calls lists upstream calls in a fixed order, long lists of ids as their ends and
// number.
func calls(all []string) string {
	for i, c := range all {
		all[i] = manyIDs.ReplaceAllStringFunc(c, func(ids string) string {
			list := strings.Split(ids, ",")
			return fmt.Sprintf("%s,..%d..,%s", list[0], len(list), list[len(list)-1])
		})
	}
	slices.Sort(all)
	return strings.Join(append([]string{fmt.Sprintf("calls: %d", len(all))}, all...), "\n") + "\n"
}

var jsonKey = regexp.MustCompile(`"(\w+)":`)

// counts says how often each key occurs in an answer.
func counts(response string) string {
	n := map[string]int{}
	for _, m := range jsonKey.FindAllStringSubmatch(response, -1) {
		n[m[1]]++
	}
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(n)) {
		fmt.Fprintf(&b, "%d %s\n", n[k], k)
	}
	return b.String()
}

func section(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func set(ar *txtar.Archive, name, text string) {
	for i, f := range ar.Files {
		if f.Name == name {
			ar.Files[i].Data = []byte(text)
			return
		}
	}
	ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(text)})
}
