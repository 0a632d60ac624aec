package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

func (r *accountResolver) FreeExtensionNumbers(ctx context.Context, obj *model.Account, first *int, after *string, last *int, before *string) (*model.Connection[rest.FreeExtensionNumber], error) {
	account := loader.For(ctx).Path(obj.Path)
	return connect(ctx, r.Resolver, &paging.List[rest.FreeExtensionNumber]{
		Name: func() string { return "free extension numbers" },
		ID:   func(n *rest.FreeExtensionNumber) string { return n.ExtensionNumber },
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.FreeExtensionNumber], error) {
			rows, err := loader.Remember(ctx, "free extension numbers of "+account, func(ctx context.Context) ([]rest.FreeExtensionNumber, error) {
				return r.Change.REST.GetExtensionFreeNumbers(ctx, account)
			})
			return rest.PageOf(rows, page, perPage), err
		},
	}, args(first, after, last, before))
}
