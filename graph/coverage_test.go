package graph_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/internal/rest"
)

const coverageFile = "../docs/coverage.md"

// coverage is a table of every operation of the client, and where the schema uses it.
func coverage() string {
	uses := map[string][]string{}
	for _, def := range own(schema()) {
		for _, f := range def.Fields {
			for _, d := range f.Directives.ForNames("rest") {
				op := d.Arguments.ForName("operation").Value.Raw
				uses[op] = append(uses[op], "`"+def.Name+"."+f.Name+"`")
			}
		}
	}
	var b strings.Builder
	b.WriteString("# What of RingCentral's API is served\n\n" +
		"Made from the code by `make update`. Groups are those of the rate limits. Of several user\npermissions any is enough. " +
		"The generation is `v1` for v1.0 as it is today, `legacy` for what\nonly the description of 2018 lists, `v2` for its replacement.\n\n" +
		"| operation | method and path | generation | group | app scope | user permission | GraphQL |\n|---|---|---|---|---|---|---|\n")
	for _, o := range sorted() {
		fields := uses[o.ID]
		switch o.ID {
		case "getToken":
			fields = []string{"signing in"}
		case "revokeToken":
			fields = []string{"signing out"}
		}
		if o.OfEvents {
			fields = []string{"the keeper of subscriptions"}
		}
		if n := len(fields); n > 6 {
			fields = append(fields[:5:5], fmt.Sprintf("%d more", n-5))
		}
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s | %s | %s | %s |\n", o.ID, o.Method, o.Path, o.Generation, o.Group,
			orNone(o.App), orNone(strings.Join(o.User, ", ")), strings.Join(fields, ", "))
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func sorted() []rest.Operation {
	all := rest.Operations()
	slices.SortFunc(all, func(a, b rest.Operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// TestCoverage holds docs/coverage.md against the code, with no empty cell. With
// -update it is written.
func TestCoverage(t *testing.T) {
	want := coverage()
	if *update {
		if err := os.WriteFile(coverageFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(coverageFile)
	if err != nil || string(got) != want {
		t.Errorf("%s is not fresh: make update (%v)", coverageFile, err)
	}
	for line := range strings.Lines(want) {
		if strings.Contains(line, "|  |") {
			t.Errorf("an empty cell: %s", line)
		}
	}
}

// seeds holds the documents that the product was asked for from; they are not part of
// the project.
const seeds = "../../shared/seeds"

var (
	inTable    = regexp.MustCompile(`(?m)\b(Get|Post|Put|Delete) (/restapi/\S+)`)
	inText     = regexp.MustCompile(`(?m)^(GET) (/restapi/\S+)`)
	yamlPath   = regexp.MustCompile(`^  (/restapi/\S+):$`)
	yamlMethod = regexp.MustCompile(`^    (get|post|put|delete|patch):$`)
	parameter  = regexp.MustCompile(`\{[^}]*\}|~|\b\d{6,}\b`)
)

// seedOperations lists the operations that the seeds name, with {} for every id.
func seedOperations(t *testing.T) []string {
	t.Helper()
	files, _ := filepath.Glob(seeds + "/*.txt") // the pattern is fine
	if len(files) == 0 {
		t.Skip("the seeds are not part of this repository, and are not beside it here")
	}
	found := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		add := func(method, path string) {
			path, _, _ = strings.Cut(path, "?")
			found[strings.ToUpper(method)+" "+parameter.ReplaceAllString(path, "{}")] = true
		}
		for _, m := range append(inTable.FindAllSubmatch(text, -1), inText.FindAllSubmatch(text, -1)...) {
			add(string(m[1]), string(m[2]))
		}
		path := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\r\n")
			if m := yamlPath.FindStringSubmatch(line); m != nil {
				path = m[1]
			} else if m := yamlMethod.FindStringSubmatch(line); m != nil && path != "" {
				add(m[1], path)
			}
		}
	}
	var out []string
	for op := range found {
		out = append(out, op)
	}
	slices.Sort(out)
	return out
}

// Every operation that the seeds name is one of the client's, and so in the table.
func TestSeedsAreCovered(t *testing.T) {
	served := map[string]bool{}
	for _, o := range rest.Operations() {
		served[o.Method+" "+parameter.ReplaceAllString(o.Path, "{}")] = true
	}
	asked := seedOperations(t)
	if len(asked) < 40 {
		t.Errorf("only %d operations were found in the seeds: %q", len(asked), asked)
	}
	for _, op := range asked {
		if !served[op] {
			t.Errorf("%s is not served", op)
		}
	}
}

// A field says the rights that its operations need, and no others: of one operation at
// least all of them; of a mutation, of one that changes something. Events come without a
// call: they take the rights of the operations that read what they are about.
func TestRequires(t *testing.T) {
	ops := map[string]rest.Operation{}
	for _, o := range rest.Operations() {
		ops[o.ID] = o
	}
	for _, def := range own(schema()) {
		for _, f := range def.Fields {
			said := f.Directives.ForName("requires")
			if said == nil {
				continue
			}
			app, users := rightsOf(said)
			enough, apps, known := false, []string{}, []string{}
			reads := f.Directives.ForNames("rest")
			if def.Name == "Subscription" {
				reads = readsOf(f.Type.Name())
			}
			for _, d := range reads {
				o := ops[d.Arguments.ForName("operation").Value.Raw]
				apps, known = append(apps, o.App), append(known, o.User...)
				all := o.App == app
				for _, u := range o.User {
					all = all && slices.Contains(users, u)
				}
				enough = enough || all && (def.Name != "Mutation" || o.Method != http.MethodGet)
			}
			if !enough || !slices.Contains(apps, app) {
				t.Errorf("%s.%s requires %q and %q, and no operation of it needs just that: %q %q", def.Name, f.Name, app, users, apps, known)
			}
			for _, u := range users {
				if !slices.Contains(known, u) {
					t.Errorf("%s.%s requires %s, which no operation of it needs", def.Name, f.Name, u)
				}
			}
		}
	}
}

// readsOf returns the operations of the fields of a type, or of those that implement it.
func readsOf(name string) (all ast.DirectiveList) {
	s := schema()
	for _, def := range s.GetPossibleTypes(s.Types[name]) {
		for _, f := range def.Fields {
			all = append(all, f.Directives.ForNames("rest")...)
		}
	}
	return all
}

func rightsOf(d *ast.Directive) (app string, users []string) {
	if a := d.Arguments.ForName("app"); a != nil {
		app = a.Value.Raw
	}
	if a := d.Arguments.ForName("user"); a != nil {
		for _, c := range a.Value.Children {
			users = append(users, c.Value.Raw)
		}
	}
	return app, users
}
