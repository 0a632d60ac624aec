package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

func (r *queryResolver) DeviceCatalog(ctx context.Context, first *int, after *string, last *int, before *string) (*model.Connection[rest.DeviceCatalogItem], error) {
	r.announceQuery(ctx)
	return connect(ctx, r.Resolver, &paging.List[rest.DeviceCatalogItem]{
		Name:  func() string { return "device catalog" },
		ID:    (*rest.DeviceCatalogItem).Name,
		Fetch: whole(loader.For(ctx).DeviceCatalog),
	}, args(first, after, last, before))
}

func (r *queryResolver) ShippingOptions(ctx context.Context, servicePlanID *string, brandID *string, quantity *int) ([]*rest.ShippingOption, error) {
	f, err := shippingArguments(servicePlanID, brandID, quantity)
	if err != nil {
		return nil, err
	}
	r.announceQuery(ctx)
	all, err := loader.For(ctx).ShippingOptions(ctx, f)
	return pointers(all), err
}
