// Package resolvers answers the schema's fields. Each file holds the fields of the
// schema file of the same name and is kept in step by the generator; helpers live
// here and in announce.go.
package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Resolver holds what fields need. All that belongs to a request comes from its
// context.
type Resolver struct {
	Change *change.Changer
	// MostRows is the largest page a client may ask for; zero means the upstream's.
	MostRows int
	// Audience says who is told of events.
	Audience Audience
}

// connect cuts the window that args ask for out of a list.
func connect[T any](ctx context.Context, r *Resolver, l *paging.List[T], args paging.Args) (*model.Connection[T], error) {
	l.Most = r.MostRows
	s, err := l.Slice(ctx, args)
	if err == nil {
		err = loader.For(ctx).Answer(len(s.Rows))
	}
	if err != nil {
		return nil, err
	}
	return &model.Connection[T]{Slice: s}, nil
}

func args(first *int, after *string, last *int, before *string) paging.Args {
	return paging.Args{First: first, After: after, Last: last, Before: before}
}

// or returns what v points to, else the zero value.
func or[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// selected returns the plan's node of the field being resolved, with the
// variables of the request.
func selected(ctx context.Context) (*plan.Node, map[string]any) {
	return nodeOf(plan.From(ctx), graphql.GetFieldContext(ctx)), graphql.GetOperationContext(ctx).Variables
}

// nodeOf returns the plan's node of a field.
func nodeOf(p *plan.Plan, f *graphql.FieldContext) *plan.Node {
	if f == nil || f.Field.Field == nil {
		return p.Root
	}
	return p.Of(f.Field.Field, func() *plan.Node {
		parent := f.Parent
		for parent != nil && parent.Index != nil {
			parent = parent.Parent // an element of a list is no field
		}
		return nodeOf(p, parent)
	})
}

// fromRef makes an extension of what another record plan.Tells of it, when that is all
// that is asked for; else it loads it.
func fromRef(ctx context.Context, ref *rest.ExtensionRef) (*rest.Extension, error) {
	if ref == nil || ref.ID.RCID == "" {
		return nil, nil //nolint:nilnil // no extension, and no error
	}
	l := loader.For(ctx)
	node, vars := selected(ctx)
	// What plan.Tells the most is read first, for it plan.Tells the rest as well. When that fails,
	// the fields that need it say so.
	switch single, whole := plan.WantsDetails(node, vars); {
	case single:
		if e, err := l.SingleExtension(ctx, ref.ID); err == nil {
			return e, nil
		}
	case whole:
		if e, err := l.WholeExtension(ctx, ref.ID); err == nil {
			return e, nil
		}
	}
	if plan.NeedsRecord(node, vars) {
		return l.Extension(ctx, ref.ID)
	}
	return stub(ref), nil
}

// stub is an extension as far as another record plan.Tells it.
func stub(ref *rest.ExtensionRef) *rest.Extension {
	return &rest.Extension{
		ID: ref.ID, URI: ref.URI, ExtensionNumber: ref.ExtensionNumber, Name: ref.Name, Type: ref.Type, PartnerID: ref.PartnerID,
	}
}

// fromRefs is fromRef for a list.
func fromRefs(ctx context.Context, refs []rest.ExtensionRef) ([]*rest.Extension, error) {
	node, vars := selected(ctx)
	if plan.NeedsRecord(node, vars) {
		ids := make([]rest.ExtensionID, len(refs))
		for i := range refs {
			ids[i] = refs[i].ID
		}
		return loader.For(ctx).ExtensionsOf(ctx, ids)
	}
	out := make([]*rest.Extension, len(refs))
	for i := range refs {
		out[i] = stub(&refs[i])
	}
	return out, nil
}

// pointers returns pointers to the elements of vs.
func pointers[T any](vs []T) []*T {
	if vs == nil {
		return nil
	}
	ps := make([]*T, len(vs))
	for i := range vs {
		ps[i] = &vs[i]
	}
	return ps
}

// assigned is the list of numbers assigned to an extension; its rows come later.
func assigned(ext rest.ExtensionID, f rest.PhoneNumberFilter) *paging.List[rest.PhoneNumber] {
	return &paging.List[rest.PhoneNumber]{
		Name: func() string { return "phone numbers of " + ext.RCID + " " + f.Key() },
		ID:   (*rest.PhoneNumber).RcID,
	}
}

// matching returns the rows that f asks for. What f looks at must be known of all.
func matching(ctx context.Context, rows []rest.PhoneNumber, f rest.PhoneNumberFilter) ([]rest.PhoneNumber, error) {
	if f.Empty() {
		return rows, nil
	}
	if len(f.PaymentType) > 0 {
		var errs map[int]error
		rows, errs = loader.For(ctx).Complete(ctx, rows, rest.Lacking(func(name string) bool { return name == "paymentType" }))
		for _, i := range firsts(errs) {
			return nil, errs[i]
		}
	}
	var out []rest.PhoneNumber
	for i := range rows {
		if f.Matches(&rows[i]) {
			out = append(out, rows[i])
		}
	}
	return out, nil
}

// phoneNumbers is an account's list of phone numbers.
func phoneNumbers(account string, f rest.PhoneNumberFilter) *paging.List[rest.PhoneNumber] {
	return &paging.List[rest.PhoneNumber]{
		Name: func() string { return "account phone numbers " + f.Key() },
		ID:   (*rest.PhoneNumber).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.PhoneNumber], error) {
			return loader.For(ctx).PhoneNumbers(ctx, account, f, page, perPage)
		},
	}
}

// extensions is an account's list of extensions.
func extensions(account string, f rest.ExtensionFilter) *paging.List[rest.Extension] {
	return &paging.List[rest.Extension]{
		Name: func() string { return "account extensions " + f.Key() },
		ID:   (*rest.Extension).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.Extension], error) {
			return loader.For(ctx).Extensions(ctx, account, f, page, perPage)
		},
	}
}

// accountDevices is the name of an account's list of devices.
func accountDevices() string { return "account devices" }

// devices is a list of devices, of an account or an extension.
func devices(name func() string, fetch func(context.Context, int, int) (*rest.Page[rest.Device], error)) *paging.List[rest.Device] {
	return &paging.List[rest.Device]{Name: name, ID: (*rest.Device).RcID, Fetch: fetch}
}
