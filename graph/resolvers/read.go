package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// Several fields share one read: these helpers read it, through the loaders, and
// pick a field.

// record reads one field of an account's record.
func record[T any](ctx context.Context, obj *model.Account, field func(*rest.Account) T) (T, error) {
	a, err := loader.For(ctx).Account(ctx, obj.Path)
	if err != nil {
		var none T
		return none, err
	}
	return field(a), nil
}

// bought reads one field of what an account has bought, which its own record
// leaves out.
func bought[T any](ctx context.Context, obj *rest.ServiceInfo, field func(*rest.ServiceInfo) T) (T, error) {
	s, err := loader.For(ctx).ServiceInfo(ctx, obj.Account)
	if err != nil {
		var none T
		return none, err
	}
	return field(s), nil
}

// detail reads one field of an extension that lists leave out.
func detail[T any](ctx context.Context, obj *rest.Extension, field func(*rest.ExtensionDetails) T) (T, error) {
	if !obj.Whole {
		whole, err := loader.For(ctx).WholeExtension(ctx, obj.ID)
		if err != nil {
			var none T
			return none, err
		}
		obj = whole
	}
	return field(&obj.Details), nil
}

// listed returns one field of what only its owner's own list tells of n; nothing
// when nobody owns it.
func listed[T any](ctx context.Context, n *rest.PhoneNumber, field func(*rest.Listed) T) (T, error) {
	l, err := inOwnList(ctx, n)
	if err != nil {
		var none T
		return none, err
	}
	return field(l), nil
}

func inOwnList(ctx context.Context, n *rest.PhoneNumber) (*rest.Listed, error) {
	if n.Listed.Told {
		return &n.Listed, nil
	}
	if n.Owner == nil || n.Owner.ID.RCID == "" {
		return &rest.Listed{}, nil // nobody to ask
	}
	all, err := loader.For(ctx).Listed(ctx, n.Owner.ID)
	if err != nil {
		return nil, err
	}
	if row := all[n.ID.RCID]; row != nil {
		return &row.Listed, nil
	}
	return &rest.Listed{}, nil
}
