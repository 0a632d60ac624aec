package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
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

// countMembers counts the members of groups that are shown.
func countMembers(ctx context.Context, ids []rest.ExtensionID) {
	node, vars := selected(ctx)
	if len(ids) > 0 {
		loader.For(ctx).CountEach(ids[0].Account, plan.Label("members", node, vars), rcIDs(ids)...)
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
