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

// A query tells the loaders what its objects will ask for, and a list what its rows
// will, before they are resolved: each relation then is one batch that leaves at
// once, and all of them are under way together. What is announced and what is asked
// for later must have the same keys, so both read the plan.

// announcer announces what selections ask of objects whose ids are known.
type announcer struct {
	*loader.Announcement
	later *loader.Announcement // of what comes in later parts of the answer, and goes after the rest
	vars  map[string]any
	most  int // rows the gateway gives at once
}

// announce starts what of collects.
func (r *Resolver) announce(ctx context.Context, of func(announcer)) {
	l := loader.For(ctx)
	a := announcer{l.Announce(), l.Announce(), graphql.GetOperationContext(ctx).Variables, r.MostRows}
	of(a)
	a.Go(ctx)
	a.later.Go(loader.Later(ctx))
}

// announceRows is called by fields that know the extensions their rows belong to.
func (r *Resolver) announceRows(ctx context.Context, ids []rest.ExtensionID, of func(announcer, *plan.Node)) {
	if node, _ := selected(ctx); node != nil && len(ids) > 0 {
		r.announce(ctx, func(a announcer) { of(a, node) })
	}
}

// announceQuery announces the objects that a query names by their ids, all of them
// at once however many fields name them. Every root field calls it, before all else.
func (r *Resolver) announceQuery(ctx context.Context) {
	loader.For(ctx).Once(func() {
		r.announce(ctx, func(a announcer) {
			for f := range plan.From(ctx).Root.Select(a.vars) {
				a.root(loader.For(ctx), f)
			}
		})
	})
}

// root announces what a root field asks for. Arguments that make no sense are left
// to the field.
func (a announcer) root(l *loader.Loaders, f *plan.Node) {
	args := f.Args(a.vars)
	id := plan.Text(args["id"])
	switch f.Field {
	case "viewer":
		a.wholeExtensions(l, f, rest.ExtensionID{Key: rest.Key{Account: rest.Own, RCID: rest.Own}})
	case "extension":
		if ext, err := model.ParseExtension(id, true); err == nil {
			a.wholeExtensions(l, f, ext)
		}
	case "pagingGroup":
		if ext, err := model.ParseGroup(id, model.TypePagingGroup); err == nil {
			a.WholeExtensions([]rest.ExtensionID{ext})
		}
	case "parkLocation":
		if ext, err := model.ParseGroup(id, model.TypeParkLocation); err == nil {
			a.WholeExtensions([]rest.ExtensionID{ext})
		}
	case "phoneNumber":
		if n, err := model.ParsePhoneNumber(id); err == nil {
			a.PhoneNumbers([]rest.PhoneNumberID{n})
		}
	case "device":
		if d, err := model.ParseDevice(id); err == nil {
			a.DeviceIDs([]rest.DeviceID{d})
		}
	case "forwardingNumber":
		var under *string
		if args["extensionId"] != nil {
			ext := plan.Text(args["extensionId"])
			under = &ext
		}
		if n, err := forwardingNumberArgument("id", id, under); err == nil {
			a.ForwardingNumberIDs([]rest.ForwardingNumberID{n})
		}
	case "node":
		a.nodes(l, f, []string{id})
	case "nodes":
		a.nodes(l, f, plan.Texts(args["ids"]))
	}
}

// wholeExtensions announces extensions by their ids, and what n asks of them.
func (a announcer) wholeExtensions(l *loader.Loaders, n *plan.Node, ids ...rest.ExtensionID) {
	a.WholeExtensions(ids)
	var named []rest.ExtensionID
	for _, id := range ids {
		if l.Named(id) {
			named = append(named, id)
		}
	}
	a.extension(n, named, true)
}

// nodes announces the objects that global ids name, if the field will take them all.
func (a announcer) nodes(l *loader.Loaders, n *plan.Node, ids []string) {
	parsed, err := globalIDs(ids)
	if err != nil {
		return
	}
	var extensions []rest.ExtensionID
	for _, g := range parsed {
		key := rest.Key{Account: g.Account, RCID: g.RCID}
		switch g.Type {
		case model.TypeExtension:
			extensions = append(extensions, rest.ExtensionID{Key: key})
		case model.TypePagingGroup, model.TypeParkLocation:
			a.WholeExtensions([]rest.ExtensionID{{Key: key}})
		case model.TypePhoneNumber:
			a.PhoneNumbers([]rest.PhoneNumberID{{Key: key}})
		case model.TypeDevice:
			a.DeviceIDs([]rest.DeviceID{{Key: key}})
		case model.TypeLicense:
			l.Path(g.Account) // read one by one, but under the same name whichever comes first
		case model.TypeForwardingNumber:
			a.ForwardingNumberIDs([]rest.ForwardingNumberID{{Below: rest.Below{Key: key, Extension: g.Extension}}})
		case model.TypeCallerBlockingNumber:
			a.CallerBlockingNumbers([]rest.CallerBlockingNumberID{{Below: rest.Below{Key: key, Extension: g.Extension}}})
		}
	}
	a.wholeExtensions(l, n, extensions...)
}

// extensionRows announces for a connection of extensions.
func (r *Resolver) extensionRows(ctx context.Context, rows []rest.Extension) {
	countGroups(ctx, rows)
	ids := make([]rest.ExtensionID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	r.announceRows(ctx, ids, func(a announcer, n *plan.Node) {
		for _, row := range n.Rows(a.vars) {
			a.extension(row, ids, true)
		}
	})
}

// phoneNumberRows announces for a connection of phone numbers.
func (r *Resolver) phoneNumberRows(ctx context.Context, account string, rows []rest.PhoneNumber) {
	refs := make([]*rest.ExtensionRef, len(rows))
	for i := range rows {
		refs[i] = rows[i].Owner
	}
	ids := owners(refs)
	countOwners(ctx, account, ids)
	r.announceRows(ctx, ids, func(a announcer, n *plan.Node) {
		if plan.NumberNeedOf(n.Rows(a.vars), a.vars).Listed {
			a.Listed(ids)
		}
		a.owned(n, ids)
	})
}

// deviceRows announces for a connection of devices.
func (r *Resolver) deviceRows(ctx context.Context, account string, rows []rest.Device) {
	refs := make([]*rest.ExtensionRef, len(rows))
	for i := range rows {
		refs[i] = rows[i].Owner
	}
	ids := owners(refs)
	countOwners(ctx, account, ids)
	r.announceRows(ctx, ids, func(a announcer, n *plan.Node) { a.owned(n, ids) })
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
// at hand, or announced. All relations hang on extensions' ids, however deep they
// lie, so the ids stay the same on the way down.
func (a announcer) extension(n *plan.Node, ids []rest.ExtensionID, have bool) {
	if len(ids) == 0 {
		return
	}
	for f := range n.Select(a.vars) {
		if f.Type != model.TypeExtension {
			continue // of another type in a selection on Node, or its id
		}
		into := a
		if f.Deferred() {
			into.Announcement = a.later
		}
		into.relation(f, ids)
	}
	switch single, whole := plan.WantsDetails(n, a.vars); {
	case single:
		a.SingleExtensions(ids)
	case whole:
		a.WholeExtensions(ids)
	case !have && plan.NeedsRecord(n, a.vars):
		a.Extensions(ids)
	}
}

// relation announces what one field asks of extensions.
func (a announcer) relation(f *plan.Node, ids []rest.ExtensionID) {
	switch f.Field {
	case "phoneNumbers":
		a.phoneNumbers(f, ids)
	case "usablePhoneNumbers":
		a.usablePhoneNumbers(f, ids)
	case "forwardingNumbers":
		a.forwardingNumbers(f, ids)
	case "callFlipNumbers":
		if _, _, ok := a.firstPage(f); ok {
			a.ForwardingNumbers(ids, 1, loader.FirstForwarding)
		}
	case "devices":
		a.devices(f, ids)
	}
}

func (a announcer) phoneNumbers(f *plan.Node, ids []rest.ExtensionID) {
	_, ok := phoneNumberFilter(f.Args(a.vars)["filter"])
	if _, _, known := a.firstPage(f); ok && known {
		a.Assigned(ids, plan.NumberNeedOf(f.Rows(a.vars), a.vars))
	}
}

func (a announcer) usablePhoneNumbers(f *plan.Node, ids []rest.ExtensionID) {
	filter, ok := usableFilter(f.Args(a.vars)["filter"])
	if number, size, known := a.firstPage(f); ok && known {
		a.Usable(ids, filter, number, size, f.Args(a.vars)["last"] == nil && plan.ReadsUsableAhead(f, a.vars))
	}
}

func (a announcer) forwardingNumbers(f *plan.Node, ids []rest.ExtensionID) {
	filter, ok := forwardingNumberFilter(f.Args(a.vars)["filter"])
	number, size, known := a.firstPage(f)
	if len(filter.Feature) > 0 {
		number, size = 1, loader.FirstForwarding // the whole list is read
	}
	if ok && known {
		a.ForwardingNumbers(ids, number, size)
	}
}

func (a announcer) devices(f *plan.Node, ids []rest.ExtensionID) {
	filter, ok := deviceFilter(f.Args(a.vars)["filter"])
	if number, size, known := a.firstPage(f); ok && known {
		a.Devices(ids, filter, number, size, plan.DeviceNeedOf(f, a.vars, f.Args(a.vars)["last"] == nil))
	}
}

// owned announces what the rows of the connection n, things that extensions own,
// ask of their owners.
func (a announcer) owned(n *plan.Node, ids []rest.ExtensionID) {
	for _, row := range n.Rows(a.vars) {
		for f := range row.Select(a.vars) {
			if f.Field == "extension" {
				a.extension(f, ids, false)
			}
		}
	}
}

// firstPage returns the page that a list will read first. It is not known where the
// arguments have a cursor, or will be refused.
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
	return paging.FirstPage(p, a.most)
}
