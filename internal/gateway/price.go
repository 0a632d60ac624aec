package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/graph/resolvers"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// admit prices an operation, and carries it out if it can be paid in time. A dry run ends
// with the price. Nothing is sent before that.
func (o *operations) admit(ctx context.Context, r *run, next graphql.OperationHandler) graphql.ResponseHandler {
	op, dry := graphql.GetOperationContext(ctx), modeFrom(ctx) == modeDryRun
	if auth.Key(ctx) == "" && !dry {
		return next(ctx) // nobody is told to sign in
	}
	facts := o.facts(ctx)
	est := plan.From(ctx).Price(op.Variables, facts)
	r.price = est
	if dry {
		return graphql.OneShot(dryRun(est, facts.Funds))
	}
	if err := o.payable(est, facts); err != nil {
		refused := present(ctx, err)
		refused.Path, refused.Locations = nil, nil
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
	}
	return next(loader.WithChoices(ctx, est.Choices))
}

// facts are what is known of the person who asks.
func (o *operations) facts(ctx context.Context) plan.Facts {
	facts := loader.Facts(ctx, o.load)
	facts.MostRows = o.cfg.Limits.Rows
	facts.OnlyV2 = func(filter map[string]any) bool { return resolvers.NumbersFromV2(filter) }
	facts.TypeOf = func(id string) (string, bool) {
		g, err := model.ParseGlobalID(id)
		return g.Type, err == nil
	}
	facts.Locate = func(typ, id string) (account, rcID string, ok bool) {
		account, rcID, err := model.Locate(id, typ)
		return account, rcID, err == nil
	}
	return facts
}

// costlyError says that an operation takes more calls than the operator allows.
type costlyError struct{ calls, most int }

func (e *costlyError) Error() string {
	return fmt.Sprintf("takes %d calls of at most %d", e.calls, e.most)
}

// payable says whether an operation can be carried out: what it takes for sure must be
// within what is allowed, and can be sent in time. What is only likely is no reason to
// refuse it: the loaders look again when more is known.
func (o *operations) payable(est *plan.Estimate, facts plan.Facts) error {
	least, sum := est.Least(facts.Remembered), 0
	for _, n := range least {
		sum += n
	}
	if most := o.cfg.Limits.Calls; sum > most {
		return &costlyError{sum, most}
	}
	return facts.Funds.Admit(least)
}

// exceeded are the extensions of an error about calls that cannot be sent in time. Where they
// never can, no time is told to ask again.
func exceeded(e *plan.Exceeded) map[string]any {
	if e.Never {
		return map[string]any{"needs": e.Needs, "has": e.Has}
	}
	return map[string]any{
		"needs": e.Needs, "has": e.Has,
		"fitsAt": time.Now().Add(e.FitsIn).UTC().Format(time.RFC3339), "retryAfter": int(math.Ceil(e.FitsIn.Seconds())),
	}
}

// counts is calls with a number for every group that reads are counted in.
func counts(calls plan.Calls) map[budget.Group]int {
	out := map[budget.Group]int{budget.Light: 0, budget.Medium: 0, budget.Heavy: 0}
	maps.Copy(out, calls)
	return out
}

// dryPlan is what a dry run answers, under "rest" in the extensions.
type dryPlan struct {
	Calls []dryCall `json:"calls"`
	// Least is what is made for sure, where nothing is remembered: an operation is refused by it.
	Least map[budget.Group]int `json:"least"`
	planned
	Fits   bool                 `json:"fits"`
	FitsIn int                  `json:"fitsInSeconds"`
	Left   map[budget.Group]int `json:"left"`
}

// dryCall is calls of one operation for one place of the query.
type dryCall struct {
	Operation string        `json:"operation"`
	Method    string        `json:"method"`
	Path      string        `json:"path"`
	Group     budget.Group  `json:"group"`
	Field     string        `json:"field"`
	Count     int           `json:"count"`
	Most      int           `json:"most,omitempty"` // where it is not Count
	Reason    string        `json:"reason"`
	PerPage   []int         `json:"perPage,omitempty"`
	Deferred  bool          `json:"deferred,omitempty"`
	Strategy  string        `json:"strategy,omitempty"`
	Rejected  []dryRejected `json:"rejected,omitempty"`
}

type dryRejected struct {
	Strategy string               `json:"strategy"`
	Calls    map[budget.Group]int `json:"calls"`
}

// nothing is remembered of any operation.
func nothing(*rest.Operation) int { return 0 }

func dryRun(est *plan.Estimate, funds plan.Funds) *graphql.Response {
	out := dryPlan{
		Calls: make([]dryCall, 0, len(est.Lines)), Least: counts(est.Least(nothing)), planned: *plannedOf(est),
		Fits: true, Left: map[budget.Group]int{},
	}
	for _, g := range []budget.Group{budget.Light, budget.Medium, budget.Heavy} {
		out.Left[g] = funds.Left(g)
		if n := out.Expected[g]; n > 0 {
			out.FitsIn = max(out.FitsIn, int(math.Ceil(funds.When(g, n).Seconds())))
		}
	}
	if errors.Is(funds.Check(est.Expected()), budget.ErrExhausted) {
		out.Fits = false
	}
	for i := range est.Lines {
		if l := &est.Lines[i]; l.Calls.Most > 0 {
			out.Calls = append(out.Calls, dryCallOf(l))
		}
	}
	return &graphql.Response{Data: json.RawMessage("null"), Extensions: map[string]any{"rest": map[string]any{"plan": out}}}
}

func dryCallOf(l *plan.Line) dryCall {
	c := dryCall{
		Operation: l.Operation.ID, Method: l.Operation.Method, Path: l.Operation.Path, Group: l.Group, Field: l.Place.Path(),
		Count: l.Calls.Expected, Reason: l.Reason(), PerPage: l.PerPage, Deferred: l.Deferred, Strategy: l.Way,
	}
	if l.Calls.Most != l.Calls.Expected {
		c.Most = l.Calls.Most
	}
	for _, o := range l.Rejected {
		c.Rejected = append(c.Rejected, dryRejected{o.Name, counts(o.Calls)})
	}
	return c
}
