package bench

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"
)

// dryRunTime is how long a dry run may take, of a hundred the slowest but one.
const dryRunTime = 5 * time.Millisecond

// A dry run takes no time worth waiting for: over real time, for each query of the corpus
// and each size of a company, when the gateway has just started and when it knows how long
// the lists are. The first of each query is parsed and planned anew, as it is for whoever
// writes it.
func TestDryRunTime(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector takes its own time")
	}
	again := 3
	if *full {
		again = 30
	}
	var r report
	for _, size := range sizes {
		cfg := company(size)
		cfg.Latency, cfg.Limits = 0, map[string]int{"light": 1e6, "medium": 1e6, "heavy": 1e6}
		s := newStandOf(t, cfg)
		var took []time.Duration
		measure := func(e example, vars map[string]any) {
			start := time.Now()
			answer := s.post(t, e.query, vars, dry)
			took = append(took, time.Since(start))
			if !bytes.Contains(answer, []byte(`"plan":{`)) {
				t.Fatalf("%s: %.300s", e.name, answer)
			}
		}
		for _, e := range examples(t) {
			if e.cursor == "" {
				measure(e, e.vars)
			}
			first, _ := s.ask(t, e.query, e.vars, nil)
			for range again {
				measure(e, e.second(t, first))
			}
		}
		slices.Sort(took)
		r.soon(fmt.Sprintf("dry runs of %d extensions, p99", size), took[len(took)*99/100], dryRunTime)
		r.tell("  median, slowest", "%v, %v", took[len(took)/2], took[len(took)-1])
	}
	r.print(t)
}
