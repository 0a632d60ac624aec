package resolvers

import (
	"context"
	"errors"

	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// changed ends a mutation. What was loaded before is forgotten, for it may not be true
// any more; an extension that turned out to be of another account is the client's fault.
func changed[T any](ctx context.Context, result *T, err error) (*T, error) {
	loader.For(ctx).Forget()
	if f, ok := errors.AsType[*change.ForeignError](err); ok {
		return nil, foreign(f.Field)
	}
	return result, err
}

// changedNumber is changed for a phone number, of which the upstream's answer plan.Tells a
// part: what more is asked for is read. When that fails, what became of the change is
// told all the same.
func changedNumber(ctx context.Context, result *change.PhoneNumberResult, err error) (*change.PhoneNumberResult, error) {
	result, err = changed(ctx, result, err)
	if err != nil {
		return nil, err
	}
	node, vars := selected(ctx)
	completeResults(ctx, []*change.PhoneNumberResult{result}, node, vars, func(int) context.Context { return ctx })
	return result, nil
}

// changedNumbers is changedNumber for many.
func changedNumbers(ctx context.Context, result *change.PhoneNumbersResult, err error) (*change.PhoneNumbersResult, error) {
	result, err = changed(ctx, result, err)
	if err != nil {
		return nil, err
	}
	node, vars := selected(ctx)
	for f := range node.Select(vars) {
		if f.Field == "results" {
			completeResults(ctx, result.Results, f, vars, func(i int) context.Context { return below(ctx, f.Key, i) })
		}
	}
	return result, nil
}

// completeResults completes the phone numbers of results, on which n is selected. place
// says where the i-th stands.
func completeResults(ctx context.Context, results []*change.PhoneNumberResult, n *plan.Node, vars map[string]any, place func(i int) context.Context) {
	for f := range n.Select(vars) {
		if f.Field != "phoneNumber" {
			continue
		}
		var numbers []rest.PhoneNumber
		var at []int
		for i, r := range results {
			if r.PhoneNumber != nil {
				numbers, at = append(numbers, *r.PhoneNumber), append(at, i)
			}
		}
		numbers, errs := loader.For(ctx).Complete(ctx, numbers, plan.NumberNeedOf([]*plan.Node{f}, vars).Lacking)
		for k, i := range at {
			results[i].PhoneNumber = &numbers[k]
		}
		for _, k := range firsts(errs) {
			untold(below(place(at[k]), f.Key), f, vars, numbers[k].Source, errs[k])
		}
	}
}
