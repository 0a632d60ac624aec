package resolvers

import (
	"context"
	"slices"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

func (r *contactCenterPhoneNumberEventResolver) PhoneNumber(ctx context.Context, obj *model.ContactCenterPhoneNumberEvent) (*rest.PhoneNumber, error) {
	if obj.PhoneNumberID() == nil || obj.EventType == rest.Deleted {
		return nil, nil //nolint:nilnil // there is none
	}
	id := rest.PhoneNumberID{Key: rest.Key{Account: obj.Account, RCID: obj.PhoneNumberInfo.RcID()}}
	return loader.For(ctx).PhoneNumber(ctx, id)
}

func (r *extensionEventResolver) Extension(ctx context.Context, obj *model.ExtensionEvent) (*rest.Extension, error) {
	if obj.ExtensionID() == nil || obj.EventType == rest.Deleted {
		return nil, nil //nolint:nilnil // there is none
	}
	id := rest.ExtensionID{Key: rest.Key{Account: obj.Account, RCID: obj.RcID}}
	r.announceRows(ctx, []rest.ExtensionID{id}, func(a announcer, n *plan.Node) { a.wholeExtensions(loader.For(ctx), n, id) })
	return loader.For(ctx).WholeExtension(ctx, id)
}

func (r *subscriptionResolver) ContactCenterPhoneNumberChanged(ctx context.Context, accountID string, types []rest.EventType, after *string) (<-chan *model.ContactCenterPhoneNumberEvent, error) {
	l, err := r.listen(ctx, accountID, after, notify.Number)
	if err != nil {
		return nil, err
	}
	return stream(ctx, l, func(e *notify.Entry) (*model.ContactCenterPhoneNumberEvent, bool) {
		if !l.Hears[e.Kind] {
			return nil, false
		}
		v := numberEvent(l.Account, e)
		return v, e.Kind == notify.Gap || types == nil || slices.Contains(types, v.EventType)
	}), nil
}

func (r *subscriptionResolver) ExtensionChanged(ctx context.Context, accountID string, types []rest.EventType, after *string) (<-chan *model.ExtensionEvent, error) {
	l, err := r.listen(ctx, accountID, after, notify.Extension)
	if err != nil {
		return nil, err
	}
	return stream(ctx, l, func(e *notify.Entry) (*model.ExtensionEvent, bool) {
		if !l.Hears[e.Kind] {
			return nil, false
		}
		v := extensionEvent(l.Account, e)
		return v, e.Kind == notify.Gap || types == nil || slices.Contains(types, v.EventType)
	}), nil
}

func (r *subscriptionResolver) AccountEvents(ctx context.Context, accountID string, after *string) (<-chan model.AccountEvent, error) {
	l, err := r.listen(ctx, accountID, after, notify.Number, notify.Extension)
	if err != nil {
		return nil, err
	}
	return stream(ctx, l, func(e *notify.Entry) (model.AccountEvent, bool) {
		switch {
		case !l.Hears[e.Kind]:
			return nil, false
		case e.Kind == notify.Number:
			return numberEvent(l.Account, e), true
		case e.Kind == notify.Extension:
			return extensionEvent(l.Account, e), true
		}
		return &model.EventGap{Happening: happening(l.Account, e, "")}, true
	}), nil
}

func (r *Resolver) ContactCenterPhoneNumberEvent() graph.ContactCenterPhoneNumberEventResolver {
	return &contactCenterPhoneNumberEventResolver{r}
}

func (r *Resolver) ExtensionEvent() graph.ExtensionEventResolver { return &extensionEventResolver{r} }

func (r *Resolver) Subscription() graph.SubscriptionResolver { return &subscriptionResolver{r} }

type (
	contactCenterPhoneNumberEventResolver struct{ *Resolver }
	extensionEventResolver                struct{ *Resolver }
	subscriptionResolver                  struct{ *Resolver }
)
