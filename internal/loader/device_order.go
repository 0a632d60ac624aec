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
		if err := l.settle(ctx, account, o.ID.Account, o); err != nil {
			return nil, err
		}
		return o, l.settleDevices(ctx, account, o.Ordered)
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
