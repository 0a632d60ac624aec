package gateway

import (
	"context"
	"maps"
	"math"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// spending is what a response says that it took, under "rest" in its extensions.
type spending struct {
	Calls     []sentCall                  `json:"calls"`
	More      int                         `json:"more,omitempty"`
	Spent     map[budget.Group]int        `json:"spent"`
	WaitedMS  float64                     `json:"waitedMs"`
	CacheHits int                         `json:"cacheHits"`
	Budget    map[budget.Group]budgetLeft `json:"budget,omitempty"`
	Planned   *planned                    `json:"planned,omitempty"`
}

// planned is what an operation was thought to take, all of it.
type planned struct {
	Expected map[budget.Group]int `json:"expected"`
	Most     map[budget.Group]int `json:"most"`
	Exact    bool                 `json:"exact"`
}

func plannedOf(e *plan.Estimate) *planned {
	return &planned{counts(e.Expected()), counts(e.Most()), e.Exact()}
}

// sentCall is one call. Its path is the operation's: ids and tokens are no part of it.
type sentCall struct {
	Operation string       `json:"operation"`
	Method    string       `json:"method"`
	Path      string       `json:"path"`
	Group     budget.Group `json:"group"`
	Status    *int         `json:"status"` // null when no answer came
	MS        float64      `json:"ms"`
	WaitedMS  float64      `json:"waitedMs"`
	Cached    bool         `json:"cached"`
	RequestID string       `json:"requestId,omitempty"`
}

type budgetLeft struct {
	Limit  int `json:"limit"`
	Left   int `json:"left"`
	Window int `json:"windowSeconds"`
}

// tellSpent adds to resp what was spent since the response before it, and to the last one
// what is left, beside what the operation was thought to take.
func (o *operations) tellSpent(ctx context.Context, resp *graphql.Response, r *run, last bool) {
	out := spendingOf(r.bill.Take(last))
	if last && r.price != nil {
		out.Planned = plannedOf(r.price)
	}
	if who := auth.Key(ctx); last && who != "" { // nobody has none
		out.Budget = map[budget.Group]budgetLeft{}
		// The operation's time may be up, which is no reason not to say what it took.
		for _, s := range o.cfg.Gate.Groups(context.WithoutCancel(ctx), who) {
			out.Budget[s.Group] = budgetLeft{s.Limit, s.Left, int(math.Ceil(s.Window.Seconds()))}
		}
	}
	if resp.Extensions == nil {
		resp.Extensions = map[string]any{}
	}
	resp.Extensions["rest"] = out
}

func spendingOf(s rest.Spent) *spending {
	out := &spending{
		Calls: make([]sentCall, len(s.Calls)), More: s.More, WaitedMS: milliseconds(s.Waited), CacheHits: s.Hits,
		Spent: map[budget.Group]int{budget.Light: 0, budget.Medium: 0, budget.Heavy: 0},
	}
	maps.Copy(out.Spent, s.Groups)
	for i, c := range s.Calls {
		out.Calls[i] = sentCall{
			Operation: c.Operation.ID, Method: c.Operation.Method, Path: c.Operation.Path, Group: c.Group,
			MS: milliseconds(c.Duration), WaitedMS: milliseconds(c.Waited), Cached: c.Spared(), RequestID: c.RequestID,
		}
		if c.Status != 0 {
			out.Calls[i].Status = &c.Status
		}
	}
	return out
}

// milliseconds returns d with one decimal.
func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*10) / 10
}
