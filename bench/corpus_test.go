package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

const (
	// mostMedian is how far the calls may lie above the optimum, in the median over the corpus.
	mostMedian = 1.10
	// mostRatio is how far those of one query may, unless it is known why.
	mostRatio = 2.0
)

// result is what became of an example.
type result struct {
	example
	actual  bill
	optimum *solution
	listed  *solution // the optimum where the account's list of devices is counted on
}

// ratio compares the calls with the fewest that would do.
func (r result) ratio() float64 {
	if r.optimum.bill.total() == 0 {
		return float64(1 + r.actual.total())
	}
	return float64(r.actual.total()) / float64(r.optimum.bill.total())
}

// TestCorpus holds the gateway's calls against the fewest that would do, on companies of
// several sizes.
func TestCorpus(t *testing.T) {
	schema, all := loadSchema(t), examples(t)
	if len(all) < 48 {
		t.Fatalf("%d examples", len(all))
	}
	needed, judged := map[string]bool{}, 0
	for _, size := range sizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			if size > 1000 && raceEnabled {
				t.Skip("the race detector has seen the smaller ones")
			}
			w, results := newWorld(t, size), make([]result, len(all))
			t.Run("queries", func(t *testing.T) {
				for i, e := range all {
					t.Run(e.name, func(t *testing.T) {
						t.Parallel()
						out, calls := run(t, size, e, nil)
						if len(out.Errors) > 0 {
							text, _ := json.Marshal(out.Errors[0])
							t.Fatalf("%d errors: %.500s", len(out.Errors), text)
						}
						results[i] = result{e, billOf(calls), w.optimum(t, schema, e, false), w.optimum(t, schema, e, true)}
						if results[i].optimum == nil {
							t.Fatal("the oracle finds no way that can be paid, and there is one")
						}
						if results[i].actual.total() < results[i].optimum.bill.total() {
							t.Errorf("fewer calls than the fewest: the oracle is wrong.\ngot  %s\nbest %s", strings.Join(calls, "\n     "), strings.Join(results[i].optimum.calls, "\n     "))
						}
					})
				}
			})
			if t.Failed() {
				return
			}
			for _, name := range judge(t, size, results) {
				needed[name] = true
			}
			judged++
		})
	}
	for name := range reasons {
		if !needed[name] && judged == len(sizes) {
			t.Errorf("%s needs no reason any more", name)
		}
	}
}

// billOf counts calls as the simulator lists them, the group first.
func billOf(calls []string) bill {
	b := bill{}
	for _, c := range calls {
		group, _, _ := strings.Cut(c, " ")
		b[group]++
	}
	return b
}

// judge prints the table of a size, and fails where there are too many calls. It returns
// the queries that have too many for a known reason.
func judge(t *testing.T, size int, results []result) (excused []string) {
	t.Helper()
	t.Log(table(results))
	ratios := make([]float64, len(results))
	for i, r := range results {
		ratios[i] = r.ratio()
		switch {
		case ratios[i] <= mostRatio:
		case reasons[r.name] != "":
			excused = append(excused, r.name)
		default:
			t.Errorf("%s on %d extensions: %d calls, and %d would do:\n%s",
				r.name, size, r.actual.total(), r.optimum.bill.total(), strings.Join(r.optimum.calls, "\n"))
		}
	}
	slices.Sort(ratios)
	if m := median(ratios); m > mostMedian {
		t.Errorf("the median on %d extensions is %.2f times the optimum, more than %.2f", size, m, mostMedian)
	}
	return excused
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// table shows the dearest first, calls as Light/Medium/Heavy.
func table(results []result) string {
	var b strings.Builder
	out := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "\nquery\tcalls\tL/M/H\toptimum\tL/M/H\tratio\tlisting devices")
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(x, y result) int { return cmp.Compare(y.ratio(), x.ratio()) })
	calls, fewest := 0, 0
	for _, r := range sorted {
		listed := ""
		if n := r.listed.bill.total(); n != r.optimum.bill.total() {
			listed = fmt.Sprint(n)
		}
		calls, fewest = calls+r.actual.total(), fewest+r.optimum.bill.total()
		_, _ = fmt.Fprintf(out, "%s\t%d\t%s\t%d\t%s\t%.2f\t%s\n",
			r.name, r.actual.total(), r.actual, r.optimum.bill.total(), r.optimum.bill, r.ratio(), listed)
	}
	_, _ = fmt.Fprintf(out, "all %d\t%d\t\t%d\t\t%.2f\t\n", len(results), calls, fewest, float64(calls)/float64(fewest))
	_ = out.Flush()
	return b.String()
}
