package resolvers

import (
	"cmp"
	"context"
	"slices"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

// What the upstream's list of forwarding numbers cannot do is done here, over the whole
// of it, which is one page.

// chosenForwarding is a window of those of an extension's forwarding numbers that choose
// returns. The name tells its cursors from those of other lists.
func (r *Resolver) chosenForwarding(ctx context.Context, ext rest.ExtensionID, name string, window paging.Args,
	choose func([]rest.ForwardingNumber) []rest.ForwardingNumber,
) (*model.Connection[rest.ForwardingNumber], error) {
	list := &paging.List[rest.ForwardingNumber]{
		Name: func() string { return name + " of " + ext.RCID },
		ID:   (*rest.ForwardingNumber).RcID,
		Most: r.MostRows,
	}
	if err := list.Check(window); err != nil {
		return nil, err // before anything is read
	}
	all, err := loader.For(ctx).AllForwardingNumbers(ctx, ext)
	if err != nil {
		return nil, err
	}
	list.Fetch = paging.Rows(choose(slices.Clone(all))) // others may be reading it
	c, err := connect(ctx, r, list, window)
	if err == nil {
		countForwardingDevices(ctx, c.Slice.Rows)
	}
	return c, err
}

// matchingForwarding chooses what a filter asks for.
func matchingForwarding(f rest.ForwardingNumberFilter) func([]rest.ForwardingNumber) []rest.ForwardingNumber {
	return func(all []rest.ForwardingNumber) []rest.ForwardingNumber {
		return slices.DeleteFunc(all, func(n rest.ForwardingNumber) bool { return !f.Matches(&n) })
	}
}

// byFlipNumber chooses what calls can be flipped to, in the order of what is dialled for
// it. Flip numbers are single digits; one that is not told comes last.
func byFlipNumber(all []rest.ForwardingNumber) []rest.ForwardingNumber {
	all = matchingForwarding(rest.ForwardingNumberFilter{Feature: []rest.ForwardingNumberFeature{rest.CallFlip}})(all)
	const last = "~" // behind all digits
	slices.SortStableFunc(all, func(a, b rest.ForwardingNumber) int {
		return cmp.Compare(cmp.Or(a.FlipNumber, last), cmp.Or(b.FlipNumber, last))
	})
	return all
}

// newForwardingNumber reads the input of a number to be added.
func newForwardingNumber(input *model.CreateForwardingNumberInput) (ext rest.ExtensionID, add change.ForwardingNumberInput, err error) {
	if ext, err = whoseList(input.ExtensionID); err != nil {
		return ext, add, err
	}
	add = change.ForwardingNumberInput{PhoneNumber: input.PhoneNumber, Label: input.Label, FlipNumber: input.FlipNumber, Type: or(input.Type)}
	if input.DeviceID != nil {
		if add.Device, err = model.ParseDevice(*input.DeviceID); err != nil {
			return ext, add, in("deviceId", err)
		}
	}
	return ext, add, nil
}
