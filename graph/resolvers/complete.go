package resolvers

import (
	"context"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// What is asked for of a list's rows, and their source leaves out, is read once it is
// known which rows are shown. Of a row that cannot be read, those fields alone are null,
// each with its error; the row stands.

// mostMissed bounds how many errors one list gives so.
const mostMissed = 100

// completeNumbers completes the rows of the connection being resolved.
func completeNumbers(ctx context.Context, c *model.Connection[rest.PhoneNumber]) {
	n, vars := selected(ctx)
	rows, errs := loader.For(ctx).Complete(ctx, c.Slice.Rows, plan.NumberNeedOf(n.Rows(vars), vars).Lacking)
	c.Slice.Rows = rows
	for _, i := range firsts(errs) {
		eachRow(ctx, n, vars, i, func(ctx context.Context, row *plan.Node) {
			untold(ctx, row, vars, rows[i].Source, errs[i])
		})
	}
}

// completeDevices completes the rows of the connection being resolved. told says that
// they come from the account's list.
func completeDevices(ctx context.Context, c *model.Connection[rest.Device], told bool) {
	n, vars := selected(ctx)
	if told && !plan.ToldOfDevices(n.Rows(vars), vars) {
		rows, errs := loader.For(ctx).WholeDevices(ctx, c.Slice.Rows)
		c.Slice.Rows = rows
		for _, i := range firsts(errs) {
			eachRow(ctx, n, vars, i, func(ctx context.Context, row *plan.Node) { untoldOfDevice(ctx, row, vars, errs[i]) })
		}
	}
	c.Slice.Rows = completeLines(ctx, c.Slice.Rows, plan.LackingOfLines(n.Rows(vars), vars), func(i int, f func(context.Context, *plan.Node)) {
		eachRow(ctx, n, vars, i, f)
	})
}

// completeDevice is completeDevices for the one device that the field being resolved is.
func completeDevice(ctx context.Context, d *rest.Device) *rest.Device {
	n, vars := selected(ctx)
	ds := completeLines(ctx, []rest.Device{*d}, plan.LackingOfLines([]*plan.Node{n}, vars), func(_ int, f func(context.Context, *plan.Node)) {
		f(ctx, n)
	})
	return &ds[0]
}

// completeLines completes the numbers of the lines of ds. row calls its function with
// every place in the answer where the i-th of ds stands.
func completeLines(ctx context.Context, ds []rest.Device, lacking rest.NumberSources, row func(i int, f func(context.Context, *plan.Node))) []rest.Device {
	if lacking == 0 {
		return ds
	}
	var numbers []rest.PhoneNumber
	var at [][2]int // device and line
	for i := range ds {
		for j, line := range ds[i].PhoneLines {
			if line.PhoneNumber != nil {
				numbers, at = append(numbers, *line.PhoneNumber), append(at, [2]int{i, j})
			}
		}
	}
	if l := loader.For(ctx); len(ds) > 0 {
		l.Count(ds[0].ID.Account, plan.LabelOf("lines of devices", len(ds)), len(numbers))
	}
	numbers, errs := loader.For(ctx).Complete(ctx, numbers, lacking)
	out := slices.Clone(ds) // others may be reading ds
	for i := range out {
		out[i].PhoneLines = slices.Clone(out[i].PhoneLines)
	}
	for k, place := range at {
		out[place[0]].PhoneLines[place[1]].PhoneNumber = &numbers[k]
	}
	vars := graphql.GetOperationContext(ctx).Variables
	for _, k := range firsts(errs) {
		row(at[k][0], func(ctx context.Context, device *plan.Node) {
			for lines := range device.Select(vars) {
				for f := range lines.Select(vars) {
					if lines.Field == "phoneLines" && f.Field == "phoneNumber" {
						untold(below(ctx, lines.Key, at[k][1], f.Key), f, vars, numbers[k].Source, errs[k])
					}
				}
			}
		})
	}
	return out
}

// firsts returns the indices of the first of errs, in order.
func firsts(errs map[int]error) []int {
	all := slices.Sorted(maps.Keys(errs))
	return all[:min(len(all), mostMissed)]
}

// eachRow calls f with every place in the answer where the i-th row of the connection n
// stands, and what is selected there.
func eachRow(ctx context.Context, n *plan.Node, vars map[string]any, i int, f func(context.Context, *plan.Node)) {
	for c := range n.Select(vars) {
		switch c.Field {
		case "nodes":
			f(below(ctx, c.Key, i), c)
		case "edges":
			for e := range c.Select(vars) {
				if e.Field == "node" {
					f(below(ctx, c.Key, i, e.Key), e)
				}
			}
		}
	}
}

// below returns a context whose errors are about what lies under the present place.
func below(ctx context.Context, path ...any) context.Context {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			ctx = graphql.WithPathContext(ctx, graphql.NewPathWithField(p))
		case int:
			ctx = graphql.WithPathContext(ctx, graphql.NewPathWithIndex(p))
		}
	}
	return ctx
}

// untold adds err for every field selected on a phone number that its source leaves out.
func untold(ctx context.Context, n *plan.Node, vars map[string]any, source rest.NumberSource, err error) {
	for f := range n.Select(vars) {
		if source.LeavesOut(func(name string) bool { return plan.Tells(f.Field, name) }) {
			graphql.AddError(below(ctx, f.Key), err)
		}
	}
}

// untoldOfDevice adds err for every field selected on a device that the account's list
// leaves out.
func untoldOfDevice(ctx context.Context, n *plan.Node, vars map[string]any, err error) {
	untoldBy(ctx, plan.ToldOfDevice, n, vars, err)
}

// untoldBy adds err for every field selected on an object that an answer with these fields
// leaves out.
func untoldBy(ctx context.Context, fields map[string]map[string]bool, n *plan.Node, vars map[string]any, err error) {
	for f := range n.Select(vars) {
		if _, told := fields[f.Field]; !told {
			graphql.AddError(below(ctx, f.Key), err)
		}
	}
}
