package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// A list tells the loaders what its rows will ask for before the rows are
// resolved: each relation then is one batch that leaves at once, and all of them
// are under way together. What is announced and what is asked for later must have
// the same keys, so both read the plan.

// announcer announces what a selection asks of a set of extensions. All relations
// hang on extensions' ids, however deep they lie, so the ids stay the same on the
// way down.
type announcer struct {
	l    *loader.Loaders
	vars map[string]any
	ids  []rest.ExtensionID
}

// announce is called by fields that know the extensions their rows belong to.
func announce(ctx context.Context, ids []rest.ExtensionID, of func(announcer, *plan.Node)) {
	node, vars := selected(ctx)
	if node == nil || len(ids) == 0 {
		return
	}
	of(announcer{loader.For(ctx), vars, ids}, node)
}

// extensionRows announces for a connection of extensions.
func extensionRows(ctx context.Context, rows []rest.Extension) {
	ids := make([]rest.ExtensionID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	announce(ctx, ids, func(a announcer, n *plan.Node) {
		for _, row := range n.Rows(a.vars) {
			a.extension(ctx, row, true)
		}
	})
}

// phoneNumberRows announces for a connection of phone numbers.
func phoneNumberRows(ctx context.Context, rows []rest.PhoneNumber) {
	refs := make([]*rest.ExtensionRef, len(rows))
	for i := range rows {
		refs[i] = rows[i].Owner
	}
	announce(ctx, owners(refs), func(a announcer, n *plan.Node) {
		if wantsListed(n, a.vars) {
			a.l.AnnounceListed(ctx, a.ids)
		}
		a.owned(ctx, n)
	})
}

// deviceRows announces for a connection of devices.
func deviceRows(ctx context.Context, rows []rest.Device) {
	refs := make([]*rest.ExtensionRef, len(rows))
	for i := range rows {
		refs[i] = rows[i].Owner
	}
	announce(ctx, owners(refs), func(a announcer, n *plan.Node) { a.owned(ctx, n) })
}

// owners returns the ids in refs, each once.
func owners(refs []*rest.ExtensionRef) []rest.ExtensionID {
	seen := make(map[rest.ExtensionID]bool, len(refs))
	var ids []rest.ExtensionID
	for _, ref := range refs {
		if ref != nil && ref.ID.RCID != "" && !seen[ref.ID] {
			seen[ref.ID] = true
			ids = append(ids, ref.ID)
		}
	}
	return ids
}

// extension announces what n asks of extensions; have says that their records are
// at hand.
func (a announcer) extension(ctx context.Context, n *plan.Node, have bool) {
	whole := false
	for f := range n.Select(a.vars) {
		switch f.Field {
		case "phoneNumbers":
			a.l.AnnounceAssigned(ctx, a.ids, wantsListed(f, a.vars))
			a.owned(ctx, f)
		case "usablePhoneNumbers":
			a.usable(ctx, f)
		case "forwardingNumbers":
			if number, size, ok := a.firstPage(f); ok {
				a.l.AnnounceForwardingNumbers(ctx, a.ids, number, size)
			}
		case "devices":
			a.devices(ctx, f)
			a.owned(ctx, f)
		default:
			whole = whole || details[f.Field]
		}
	}
	switch {
	case whole:
		a.l.AnnounceWholeExtensions(ctx, a.ids)
	case !have && needsRecord(n, a.vars):
		a.l.AnnounceExtensions(ctx, a.ids)
	}
}

func (a announcer) usable(ctx context.Context, f *plan.Node) {
	filter, ok := usableFilter(f.Args(a.vars)["filter"])
	number, size, known := a.firstPage(f)
	if ok && known {
		a.l.AnnounceUsable(ctx, a.ids, filter, number, size)
	}
}

func (a announcer) devices(ctx context.Context, f *plan.Node) {
	filter, ok := deviceFilter(f.Args(a.vars)["filter"])
	number, size, known := a.firstPage(f)
	if ok && known {
		a.l.AnnounceDevices(ctx, a.ids, filter, number, size)
	}
}

// owned announces what the rows of the connection n, things that extensions own,
// ask of their owners.
func (a announcer) owned(ctx context.Context, n *plan.Node) {
	for _, row := range n.Rows(a.vars) {
		for f := range row.Select(a.vars) {
			if f.Field == "extension" {
				a.extension(ctx, f, false)
			}
		}
	}
}

// firstPage returns the page that a list will read first.
func (a announcer) firstPage(f *plan.Node) (number, perPage int, ok bool) {
	args := f.Args(a.vars)
	if args["after"] != nil || args["before"] != nil {
		return 0, 0, false
	}
	var p paging.Args
	for name, into := range map[string]**int{"first": &p.First, "last": &p.Last} {
		if args[name] == nil {
			continue
		}
		n, err := graphql.UnmarshalInt(args[name])
		if err != nil {
			return 0, 0, false
		}
		*into = &n
	}
	return paging.FirstPage(p, 0)
}

// details are the fields of an extension that only its single read tells.
var details = set("departments", "serviceFeatures", "regionalSettings", "setupWizardState", "rawSetupWizardState", "statusInfo",
	"customFields", "extensionNumbers", "siteAccess", "rawSiteAccess")

// known are the fields of an extension that need no record of it: what every
// reference to it tells, and its relations.
var known = set("__typename", "id", "rcId", "extensionNumber", "phoneNumbers", "usablePhoneNumbers", "forwardingNumbers", "devices")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// needsRecord says whether a selection on an extension asks for more than what a
// reference to it tells. Details come from a read of their own.
func needsRecord(n *plan.Node, vars map[string]any) bool {
	if n == nil {
		return true
	}
	for f := range n.Select(vars) {
		if !known[f.Field] && !details[f.Field] {
			return true
		}
	}
	return false
}

// onlyIDs says whether a selection asks for nothing but who an object is.
func onlyIDs(n *plan.Node, vars map[string]any) bool {
	if n == nil {
		return false
	}
	for f := range n.Select(vars) {
		if f.Field != "id" && f.Field != "rcId" && f.Field != "__typename" {
			return false
		}
	}
	return true
}

// wantsListed says whether the rows of a connection of phone numbers are asked for
// what only an extension's own list tells.
func wantsListed(n *plan.Node, vars map[string]any) bool {
	if n == nil {
		return false
	}
	for _, row := range n.Rows(vars) {
		for f := range row.Select(vars) {
			if f.Field == "features" || f.Field == "rawFeatures" || f.Field == "country" {
				return true
			}
		}
	}
	return false
}

// usableFilter and deviceFilter read filter arguments as the server library will,
// for the keys to be the same. They report false for what it will refuse.

func usableFilter(v any) (f rest.UsablePhoneNumberFilter, ok bool) {
	m, ok := fields(v)
	f.UsageType = values(m, "usageType", model.UnmarshalPhoneNumberUsageType, &ok)
	f.Status = value(m, "status", model.UnmarshalPhoneNumberStatus, &ok)
	return f, ok
}

func deviceFilter(v any) (f rest.DeviceFilter, ok bool) {
	m, ok := fields(v)
	f.LinePooling = value(m, "linePooling", model.UnmarshalLinePooling, &ok)
	f.Feature = values(m, "feature", model.UnmarshalDeviceFeature, &ok)
	f.Type = values(m, "type", model.UnmarshalDeviceType, &ok)
	f.LineType = values(m, "lineType", model.UnmarshalPhoneLineType, &ok)
	return f, ok
}

func fields(v any) (m map[string]any, ok bool) {
	if v == nil {
		return nil, true
	}
	m, ok = v.(map[string]any)
	return m, ok
}

func value[T any](m map[string]any, name string, read func(any) (T, error), ok *bool) T {
	var zero T
	if m[name] == nil {
		return zero
	}
	v, err := read(m[name])
	*ok = *ok && err == nil
	return v
}

func values[T any](m map[string]any, name string, read func(any) (T, error), ok *bool) []T {
	if m[name] == nil {
		return nil
	}
	list, isList := m[name].([]any)
	if !isList {
		list = []any{m[name]} // one value stands for a list of one
	}
	vs := make([]T, len(list))
	for i, item := range list {
		v, err := read(item)
		*ok = *ok && err == nil
		vs[i] = v
	}
	return vs
}
