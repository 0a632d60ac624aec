package resolvers

import (
	"cmp"
	"context"
	"fmt"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

func (r *extensionResolver) CallerBlocking(ctx context.Context, obj *rest.Extension) (*rest.CallerBlocking, error) {
	return loader.For(ctx).CallerBlocking(ctx, obj.ID)
}

func (r *extensionResolver) CallerBlockingNumbers(ctx context.Context, obj *rest.Extension, status *rest.CallerBlockingNumberStatus, first *int, after *string, last *int, before *string) (*model.Connection[rest.CallerBlockingNumber], error) {
	which := cmp.Or(or(status), rest.CallerBlocked)
	return connect(ctx, r.Resolver, &paging.List[rest.CallerBlockingNumber]{
		Name: func() string { return fmt.Sprintf("caller-blocking numbers %s of %s", which, obj.ID.RCID) },
		ID:   (*rest.CallerBlockingNumber).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.CallerBlockingNumber], error) {
			return loader.For(ctx).CallerBlockingNumbers(ctx, obj.ID, which, page, perPage)
		},
	}, args(first, after, last, before))
}
