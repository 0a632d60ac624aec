package loader

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// DeviceOrder returns an order of devices.
func (l *Loaders) DeviceOrder(ctx context.Context, id rest.DeviceOrderID) (*rest.DeviceOrder, error) {
	account := l.path(id.Account)
	return Remember(ctx, "device order "+account+" "+id.RCID, func(ctx context.Context) (*rest.DeviceOrder, error) {
		o, err := l.c.LoadDeviceOrder(ctx, account, id.RCID)
		if err != nil {
			return nil, err
		}
		l.learnOwn(account, o.URI)
		out, err := settle(ctx, l, account, o.ID.Account, o)
		if err != nil {
			return nil, err
		}
		ordered, err := settledAll(ctx, l, account, out.Ordered, keyOfDevice)
		if err != nil {
			return nil, err
		}
		shown := *out
		shown.Ordered = ordered
		return &shown, nil
	})
}

// DeviceCatalog returns the phones that can be ordered.
func (l *Loaders) DeviceCatalog(ctx context.Context) ([]rest.DeviceCatalogItem, error) {
	return Remember(ctx, "device catalog", l.c.GetDeviceModels)
}

// ShippingOptions returns how devices can be shipped.
func (l *Loaders) ShippingOptions(ctx context.Context, f rest.ShippingFor) ([]rest.ShippingOption, error) {
	return Remember(ctx, "shipping options "+f.Key(), func(ctx context.Context) ([]rest.ShippingOption, error) {
		return l.c.ListShippingOptions(ctx, f)
	})
}
