package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// What lists turn out to hold is counted, so that the price of the next query is exact. The
// names are those that the price looks under.

// countList counts the list that the connection being resolved is a window of.
func countList[T any](ctx context.Context, account string, c *model.Connection[T]) {
	node, vars := selected(ctx)
	loader.For(ctx).CountTotal(account, plan.ListName(node, vars), c.Slice.Total)
}

// counted gives list, which the field being resolved shows a window of, the length that it
// had when it was counted last.
func counted[T any](ctx context.Context, account string, list *paging.List[T]) *paging.List[T] {
	list.Total = func() (int, bool) {
		node, vars := selected(ctx)
		return loader.For(ctx).Counted(account, plan.ListName(node, vars))
	}
	return list
}

// countOperator counts whether the operator is another than the system extension.
func countOperator(ctx context.Context, account string, operator *rest.ExtensionRef) {
	apart := 0
	if operator != nil && operator.ID.RCID != operator.ID.Account {
		apart = 1
	}
	loader.For(ctx).Count(account, plan.OperatorApart, apart)
}

// countRows counts the rows that the field being resolved shows.
func countRows(ctx context.Context, account string, n int) {
	node, vars := selected(ctx)
	loader.For(ctx).Count(account, plan.Label("rows", node, vars), n)
}

// countOwners counts the extensions that own what the field being resolved shows, if they
// are asked for anything.
func countOwners(ctx context.Context, account string, ids []rest.ExtensionID) {
	node, vars := selected(ctx)
	rows := node.Rows(vars)
	if plan.WantsOwner(rows, vars) || plan.NumberNeedOf(rows, vars).Listed {
		loader.For(ctx).CountEach(account, plan.Label("owners", node, vars), rcIDs(ids)...)
	}
}

// countMembers counts the members of groups that are shown, countPaged devices that are.
func countMembers(ctx context.Context, rows []rest.Extension) {
	countShown(ctx, "members", rows, func(e *rest.Extension) rest.Key { return e.ID.Key })
}

func countPaged(ctx context.Context, rows []rest.Device) {
	countShown(ctx, "members", rows, func(d *rest.Device) rest.Key { return d.ID.Key })
}

// countShown counts rows of lists that the field being resolved shows, one for each of
// several objects. Those of no rows are not known to be of an account: they are one's own.
func countShown[T any](ctx context.Context, what string, rows []T, key func(*T) rest.Key) {
	account, ids := rest.Own, make([]string, len(rows))
	for i := range rows {
		k := key(&rows[i])
		account, ids[i] = k.Account, k.RCID
	}
	node, vars := selected(ctx)
	loader.For(ctx).CountEach(account, plan.Label(what, node, vars), ids...)
}

// countForwardingDevices counts the devices that the shown forwarding numbers are of, where
// more than their ids is asked for.
func countForwardingDevices(ctx context.Context, rows []rest.ForwardingNumber) {
	node, vars := selected(ctx)
	for _, row := range node.Rows(vars) {
		for f := range row.Select(vars) {
			if f.Field != "device" || plan.OnlyIDs(f, vars) {
				continue
			}
			account, ids := rest.Own, []string{}
			for i := range rows {
				if on := rows[i].On; on != nil && on.ID.RCID != "" {
					account, ids = on.ID.Account, append(ids, on.ID.RCID)
				}
			}
			loader.For(ctx).CountEach(account, plan.Label("among", f, vars), ids...)
		}
	}
}

// countGroups counts those of rows that are groups, for fields that only those have.
func countGroups(ctx context.Context, rows []rest.Extension) {
	node, vars := selected(ctx)
	if len(rows) == 0 {
		return
	}
	for _, row := range node.Rows(vars) {
		for f := range row.Select(vars) {
			is := groups[f.Field]
			if f.Type != model.TypeExtension || is == nil {
				continue
			}
			ids := []string{}
			for i := range rows {
				if is(&rows[i]) {
					ids = append(ids, rows[i].ID.RCID)
				}
			}
			loader.For(ctx).CountEach(rows[0].ID.Account, plan.Label("among", f, vars), ids...)
		}
	}
}

// groups tells which extensions have a field that only groups have.
var groups = map[string]func(*rest.Extension) bool{
	"callQueue":    func(e *rest.Extension) bool { return e.Type == "Department" },
	"pagingGroup":  func(e *rest.Extension) bool { return asPagingGroup(e) != nil },
	"parkLocation": func(e *rest.Extension) bool { return asParkLocation(e) != nil },
}

func rcIDs(ids []rest.ExtensionID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.RCID
	}
	return out
}
