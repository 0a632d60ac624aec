package bench

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// report is the table of one scenario: figures, with the bound that each is held to.
type report struct {
	rows []figure
}

type figure struct {
	name, got, bound string
	missed           bool
}

func (r *report) atMost(name string, got, bound int) {
	r.rows = append(r.rows, figure{name, fmt.Sprint(got), fmt.Sprintf("<= %d", bound), got > bound})
}

// perhapsAtMost is atMost, unless the bound is unknowable.
func (r *report) perhapsAtMost(name string, got, bound int) {
	if bound == unknowable {
		r.tell(name, "%d", got)
	} else {
		r.atMost(name, got, bound)
	}
}

func (r *report) within(name string, got, bound time.Duration) {
	r.rows = append(r.rows, figure{name, short(got), "<= " + short(bound), got > bound})
}

// soon is a time of milliseconds. It is held to its bound only by a run in full, which has
// the machine for itself.
func (r *report) soon(name string, got, bound time.Duration) {
	r.rows = append(r.rows, figure{name, got.Round(time.Microsecond).String(), "<= " + bound.String(), *full && got > bound})
}

func (r *report) exactly(name string, got, want int) {
	r.rows = append(r.rows, figure{name, fmt.Sprint(got), fmt.Sprintf("= %d", want), got != want})
}

// share is a part of a whole, of which a percentage is due.
func (r *report) share(name string, part, whole, percent float64) {
	got := 100 * part / whole
	r.rows = append(r.rows, figure{name, fmt.Sprintf("%.1f %%", got), fmt.Sprintf(">= %.0f %%", percent), got < percent})
}

// below is a part of a whole, of which a percentage is allowed.
func (r *report) below(name string, part, whole int, percent float64) {
	got := 100 * float64(part) / float64(whole)
	r.rows = append(r.rows, figure{name, fmt.Sprintf("%d (%.1f %%)", part, got), fmt.Sprintf("<= %.0f %%", percent), got > percent})
}

// tell adds a figure that is held to nothing.
func (r *report) tell(name, format string, args ...any) {
	r.rows = append(r.rows, figure{name: name, got: fmt.Sprintf(format, args...)})
}

// print writes the table, and fails t for each bound that is missed.
func (r *report) print(t *testing.T) {
	t.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, row := range r.rows {
		mark := ""
		if row.missed {
			mark = "FAIL"
			t.Errorf("%s: %s, want %s", row.name, row.got, row.bound)
		}
		_, _ = fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", row.name, row.got, row.bound, mark)
	}
	_ = w.Flush()
	t.Logf("\n%s", b.String())
}

func short(d time.Duration) string {
	if d >= time.Minute {
		return fmt.Sprintf("%.1f min", d.Minutes())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
