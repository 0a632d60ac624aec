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

// changedNumber is changed for a phone number, of which the upstream's answer tells a
// part: what more is asked for is read. When that fails, what became of the change is
// told all the same.
func changedNumber(ctx context.Context, result *change.PhoneNumberResult, err error) (*change.PhoneNumberResult, error) {
	result, err = changed(ctx, result, err)
	if err != nil || result.PhoneNumber == nil {
		return result, err
	}
	node, vars := selected(ctx)
	for f := range node.Select(vars) {
		if f.Field != "phoneNumber" {
			continue
		}
		ns, errs := loader.For(ctx).Complete(ctx, []rest.PhoneNumber{*result.PhoneNumber}, numberNeed([]*plan.Node{f}, vars).Lacking)
		if errs[0] != nil {
			untold(below(ctx, f.Key), f, vars, ns[0].Source, errs[0])
		}
		result.PhoneNumber = &ns[0]
	}
	return result, nil
}
