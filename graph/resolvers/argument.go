package resolvers

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// in says which argument or input field is at fault.
func in(field string, err error) error { return fmt.Errorf("%s %w", field, err) }

// accountArgument reads an optional argument that names an account.
func accountArgument(id *string) (string, error) {
	if id == nil {
		return rest.Own, nil
	}
	account, err := model.ParseAccount(*id)
	if err != nil {
		return "", in("account id", err)
	}
	return account, nil
}

// extensionArgument reads an input field that names an extension of an account. What
// "~" stands for is not known here: see changed.
func extensionArgument(field, id, account string) (rest.ExtensionID, error) {
	ext, err := model.ParseExtension(id, false)
	if err != nil {
		return ext, in(field, err)
	}
	return ext, sameAccount(field, ext.Key, account)
}

// sameAccount refuses what is named as one of another account than the one at hand.
func sameAccount(field string, id rest.Key, account string) error {
	if id.Account != rest.Own && account != rest.Own && id.Account != account {
		return foreign(field)
	}
	return nil
}

func foreign(field string) error {
	return in(field, &model.InputError{Reason: "is of another account"})
}

// arguments reads each of ids.
func arguments[T any](ids []string, read func(i int, id string) (T, error)) ([]T, error) {
	out := make([]T, len(ids))
	for i, id := range ids {
		v, err := read(i, id)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func extensionArguments(field string, ids []string, account string) ([]rest.ExtensionID, error) {
	return arguments(ids, func(_ int, id string) (rest.ExtensionID, error) { return extensionArgument(field, id, account) })
}

func optionalExtension(id *string, account string) (rest.ExtensionID, error) {
	if id == nil {
		return rest.ExtensionID{}, nil
	}
	return extensionArgument("extensionId", *id, account)
}

// whoseList reads an input field that names the extension whose list is changed: one's own
// without it.
func whoseList(id *string) (rest.ExtensionID, error) {
	if id == nil {
		return rest.ExtensionID{Key: rest.Key{Account: rest.Own, RCID: rest.Own}}, nil
	}
	ext, err := model.ParseExtension(*id, true)
	if err != nil {
		return ext, in("extensionId", err)
	}
	return ext, nil
}

// forwardingNumberArgument reads an argument that names a forwarding number; a bare id is
// one of the extension that under names.
func forwardingNumberArgument(field, id string, under *string) (rest.ForwardingNumberID, error) {
	ext, err := whoseList(under)
	if err != nil {
		return rest.ForwardingNumberID{}, err
	}
	n, err := model.ParseForwardingNumberOf(id, ext)
	if err != nil {
		return n, in(field, err)
	}
	return n, nil
}

// extensionFilter checks what the upstream is known to refuse.
func extensionFilter(filter *rest.ExtensionFilter) (rest.ExtensionFilter, error) {
	f := or(filter)
	if len(f.ExtensionNumber) > 8 {
		return f, in("filter.extensionNumber", &model.InputError{Reason: "must be at most 8 characters"})
	}
	for _, email := range f.Email {
		if len(email) > 254 {
			return f, in("filter.email", &model.InputError{Reason: "must be at most 254 characters each"})
		}
	}
	return f, nil
}

// queueChange reads the input for one call queue.
func queueChange(item *model.CallQueueMembersInput, account string) (ch change.QueueChange, err error) {
	if ch.Queue, err = groupArgument("callQueueId", item.CallQueueID, model.TypeCallQueue, account); err != nil {
		return ch, err
	}
	if ch.Added, err = extensionArguments("addedExtensionIds", item.AddedExtensionIds, account); err != nil {
		return ch, err
	}
	ch.Removed, err = extensionArguments("removedExtensionIds", item.RemovedExtensionIds, account)
	return ch, err
}

// mostNodes bounds how many objects one field may name.
const mostNodes = 1000

// globalIDs reads an argument of global ids.
func globalIDs(ids []string) ([]model.GlobalID, error) {
	if len(ids) > mostNodes {
		return nil, in("ids", &model.InputError{Reason: fmt.Sprintf("must be at most %d", mostNodes)})
	}
	return arguments(ids, func(i int, id string) (model.GlobalID, error) {
		g, err := model.ParseGlobalID(id)
		if err != nil {
			err = in(fmt.Sprintf("ids[%d]", i), err)
		}
		return g, err
	})
}

// oneExtension reads an extension that a query names.
func (r *queryResolver) oneExtension(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	r.announceQuery(ctx)
	return loader.For(ctx).WholeExtension(ctx, id)
}

// node reads the object that a global id names.
func node(ctx context.Context, g model.GlobalID) (model.Node, error) {
	l, key := loader.For(ctx), rest.Key{Account: g.Account, RCID: g.RCID}
	switch g.Type {
	case model.TypeAccount:
		return &model.Account{Path: g.Account}, nil
	case model.TypeExtension:
		return some(l.WholeExtension(ctx, rest.ExtensionID{Key: key}))
	case model.TypePhoneNumber:
		return some(l.PhoneNumber(ctx, rest.PhoneNumberID{Key: key}))
	case model.TypeDevice:
		return some(device(ctx, rest.DeviceID{Key: key}))
	case model.TypeLicense:
		return some(l.License(ctx, rest.LicenseID{Key: key}))
	case model.TypeCallQueue:
		return some(l.CallQueue(ctx, rest.CallQueueID{Key: key}))
	case model.TypePagingGroup:
		return some(pagingGroup(ctx, rest.ExtensionID{Key: key}))
	case model.TypeParkLocation:
		return some(parkLocation(ctx, rest.ExtensionID{Key: key}))
	case model.TypeDeviceOrder:
		return some(l.DeviceOrder(ctx, rest.DeviceOrderID{Key: key}))
	case model.TypeForwardingNumber:
		return some(l.ForwardingNumber(ctx, rest.ForwardingNumberID{Below: rest.Below{Key: key, Extension: g.Extension}}))
	case model.TypeBlockedNumber:
		return some(l.BlockedNumber(ctx, rest.BlockedNumberID{Below: rest.Below{Key: key, Extension: g.Extension}}))
	case model.TypeCallerBlockingNumber:
		return some(l.CallerBlockingNumber(ctx, rest.CallerBlockingNumberID{Below: rest.Below{Key: key, Extension: g.Extension}}))
	}
	return nil, in("id", &model.InputError{Reason: "is of no type known here"})
}

// some keeps a nil pointer from becoming a Node that is not nil.
func some[T any](v *T, err error) (model.Node, error) {
	if v == nil || err != nil {
		return nil, err
	}
	return v, nil
}

// device reads a device, with what is asked of the numbers of its lines.
func device(ctx context.Context, id rest.DeviceID) (*rest.Device, error) {
	d, err := loader.For(ctx).Device(ctx, id)
	if err != nil {
		return nil, err
	}
	return completeDevice(ctx, d), nil
}
