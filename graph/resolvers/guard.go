package resolvers

import (
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/rest"
)

// guard is a field that takes a right.
type guard struct {
	name string   // its type and its own
	app  string   // the scope; "" for none
	user []string // the permissions, any of which is enough; empty for none
}

// guarded lists the fields of the schema that take a right, by name.
var guarded = sync.OnceValue(func() []guard {
	var out []guard
	for _, t := range graph.NewExecutableSchema(graph.Config{}).Schema().Types {
		for _, f := range t.Fields {
			g := guard{name: t.Name + "." + f.Name}
			if g.app, g.user = Requires(f); t.Kind != ast.Object || g.app == "" && g.user == nil {
				continue
			}
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b guard) int { return strings.Compare(a.name, b.name) })
	return out
})

// capability says whether g may be used by somebody with rights.
func (g guard) capability(rights rest.Rights) *model.FieldCapability {
	scope, permissions := rights.Lacks(g.app, g.user)
	c := &model.FieldCapability{Name: g.name, Allowed: scope == "" && permissions == nil, MissingPermissions: append([]string{}, permissions...)}
	if scope != "" {
		c.MissingScope = &scope
	}
	return c
}

// Requires returns the right that a field takes, as its directive says: the scope of the app,
// and the permissions of the user of which any is enough.
func Requires(f *ast.FieldDefinition) (app string, user []string) {
	d := f.Directives.ForName("requires")
	if d == nil {
		return "", nil
	}
	if a := d.Arguments.ForName("app"); a != nil {
		app = a.Value.Raw
	}
	if u := d.Arguments.ForName("user"); u != nil {
		for _, p := range u.Value.Children {
			user = append(user, p.Value.Raw)
		}
	}
	return app, user
}
