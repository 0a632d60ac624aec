package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// planned is what a dry run answers.
type planned struct {
	Rest struct {
		Plan struct {
			Exact bool
			Calls []struct {
				Operation, Method, Path, Group, Field, Reason, Strategy string
				Count, Most                                             int
			}
			Expected, Most map[string]int
		}
	}
}

var dry = http.Header{"X-Ringql-Plan": {"dry-run"}}

// A dry run foretells, operation by operation, what the query then takes, for every query of
// the corpus whose totals are known; and sends nothing.
func TestDryRunEqualsActual(t *testing.T) {
	for _, size := range sizes {
		for _, e := range examples(t) {
			t.Run(fmt.Sprintf("%d/%s", size, e.name), func(t *testing.T) {
				if size > 100 && raceEnabled {
					t.Skip("the race detector has seen the smaller ones")
				}
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { foretold(t, size, e) })
			})
		}
	}
}

func foretold(t *testing.T, size int, e example) {
	s := newStand(t, size)
	first, _ := s.ask(t, e.query, e.vars, nil)
	time.Sleep(2 * time.Minute)
	vars := e.second(t, first)
	told, calls := s.ask(t, e.query, vars, dry)
	if len(calls) > 0 || len(told.Errors) > 0 || told.Data != nil {
		t.Fatalf("a dry run sent %v and answered %v, %v", calls, told.Data, told.Errors)
	}
	b, err := json.Marshal(told.Extensions)
	if err != nil {
		t.Fatal(err)
	}
	var plan planned
	if err := json.Unmarshal(b, &plan); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for _, c := range plan.Rest.Plan.Calls {
		want[c.Operation] += c.Count
	}
	maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
	_, calls = s.ask(t, e.query, vars, nil)
	got := byOperation(t, calls)
	if why := unforeseen[e.name]; why != "" && !plan.Rest.Plan.Exact {
		if sum(got) > sum(plan.Rest.Plan.Most) {
			t.Errorf("at most %v was foretold, took %v", plan.Rest.Plan.Most, got)
		}
		return
	}
	if !maps.Equal(got, want) {
		t.Errorf("foretold %v (exact: %v), took %v", want, plan.Rest.Plan.Exact, got)
		for _, c := range plan.Rest.Plan.Calls {
			t.Logf("%+v", c)
		}
	}
	if !plan.Rest.Plan.Exact {
		t.Errorf("not exact: %s", b)
	}
}

// unforeseen are queries about what nobody has counted before, with the reason. What they
// take is bounded all the same.
var unforeseen = map[string]string{
	"number_list_next": "whose the numbers of a page are that nobody has seen is not known",
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// byOperation counts calls, as the simulator lists them, by operation.
func byOperation(t *testing.T, calls []string) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, c := range calls {
		f := strings.Fields(c)
		path, _, _ := strings.Cut(f[2], "?")
		i := slices.IndexFunc(patterns, func(p pattern) bool { return p.method == f[1] && p.path.MatchString(path) })
		if i < 0 {
			t.Fatalf("no operation for %s", c)
		}
		n[patterns[i].operation]++
	}
	return n
}

type pattern struct {
	operation, method string
	path              *regexp.Regexp
}

var parameter = regexp.MustCompile(`\\\{\w+\\\}`)

// patterns are the paths of the operations, those with the fewest ids first.
var patterns = func() []pattern {
	all := rest.Operations()
	slices.SortFunc(all, func(a, b rest.Operation) int {
		return cmp.Compare(strings.Count(a.Path, "{"), strings.Count(b.Path, "{"))
	})
	var out []pattern
	for _, o := range all {
		path := parameter.ReplaceAllString(regexp.QuoteMeta(o.Path), `[^/]+`)
		out = append(out, pattern{o.ID, o.Method, regexp.MustCompile("^" + path + "$")})
	}
	return out
}()
