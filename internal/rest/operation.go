package rest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ringql/ringql/internal/budget"
)

// Generation says in which of the upstream's two generations an operation exists.
type Generation string

// The generations. The v1.0 operations that today's public description still
// lists are served by both; Legacy ones only the 2018 description knows.
const (
	V1     Generation = "v1"     // v1.0, listed today
	Legacy Generation = "legacy" // v1.0, no longer listed
	V2     Generation = "v2"     // today's replacement
)

// Operation is one line of the upstream's contract: a value that says where a
// call goes, which budget pays for it and which generation it belongs to. None
// of this is ever guessed from a URL.
type Operation struct {
	ID         string       // operationId: span name, metric label, log field
	Method     string       // "GET"
	Path       string       // "/restapi/v1.0/account/{accountId}"
	Group      budget.Group // the budget that pays
	Generation Generation
	App        string   // the scope that the app needs; "" for none
	User       []string // the permissions of the user, any of which is enough; none needed when empty

	Dictionary  bool   // what it tells is the vendor's, the same for long
	Reads       bool   // it changes nothing, whatever the method
	OfEvents    bool   // it is about how events come: no field uses it, and nothing remembered tells of what it changes
	ofAccount   bool   // the first id of its path names an account
	extensionAt int    // which id of its path names extensions; negative for none
	shown       facets // what it shows, see shows
	ofAll       facets // and what of it of all extensions, whatever its path names

	lone bool // it tells more of an id that stands alone than of one among many
}

// operations is filled while the package's variables are initialised and read-only afterwards.
var operations []*Operation

func op(id, pattern string, g budget.Group, gen Generation, app string, user ...string) *Operation {
	method, path, _ := strings.Cut(pattern, " ")
	o := &Operation{ID: id, Method: method, Path: path, Group: g, Generation: gen, App: app, User: user}
	o.shown, o.ofAll, o.extensionAt = everything, everything, o.position("extensionId")
	o.Reads, o.ofAccount = method == http.MethodGet, o.parameter(0) == "accountId"
	operations = append(operations, o)
	return o
}

func (o *Operation) dictionary() *Operation { o.Dictionary = true; return o }
func (o *Operation) reads() *Operation      { o.Reads = true; return o }
func (o *Operation) ofEvents() *Operation   { o.OfEvents = true; return o }
func (o *Operation) alone() *Operation      { o.lone = true; return o }

// Operations lists every upstream operation this client knows.
func Operations() []Operation {
	all := make([]Operation, len(operations))
	for i, o := range operations {
		all[i] = *o
	}
	return all
}

// OperationNamed returns the operation with an id; nil when the client knows none.
func OperationNamed(id string) *Operation {
	i := slices.IndexFunc(operations, func(o *Operation) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return operations[i]
}

// right names what a refusal with an upstream code is about, where the answer itself does
// not.
func (o *Operation) right(code string) string {
	switch code {
	case "CMN-401":
		return o.App
	case "CMN-408", "CMN-419":
		return strings.Join(o.User, " or ")
	}
	return ""
}

// request is one use of an operation.
type request struct {
	op    *Operation
	path  string
	query url.Values
	body  any
	many  bool // path ends in, or holds, several ids

	account    string // the account it is about, as the path has it; "" for one's own
	extensions string // and the extensions, with commas between them; "" for none in particular
	failed     error
}

// errBadID is the class of ids that cannot stand in a path segment. Those of clients
// are checked before, so it is one that the upstream gave.
var errBadID = fmt.Errorf("%w: id cannot stand in a path", ErrInvalid)

// at fills the pattern's {names}, in order, with ids. An id is escaped so that it
// cannot leave its path segment, nor become several ids: a comma in it is
// escaped as well.
func (o *Operation) at(ids ...string) request {
	var b strings.Builder
	rest := o.Path
	for _, id := range ids {
		i, j := strings.IndexByte(rest, '{'), strings.IndexByte(rest, '}')
		if i < 0 {
			return request{op: o, failed: fmt.Errorf("%s: %d ids are too many", o.ID, len(ids))}
		}
		seg, err := segment(id)
		if err != nil {
			return request{op: o, failed: fmt.Errorf("%s: %w", o.ID, err)}
		}
		b.WriteString(rest[:i])
		b.WriteString(seg)
		rest = rest[j+1:]
	}
	if strings.IndexByte(rest, '{') >= 0 {
		return request{op: o, failed: fmt.Errorf("%s: %d ids are too few", o.ID, len(ids))}
	}
	b.WriteString(rest)
	r := request{op: o, path: b.String()}
	if o.ofAccount {
		r.account = ids[0]
	}
	if o.extensionAt >= 0 {
		r.extensions = ids[o.extensionAt]
	}
	return r
}

// position returns which id in o's pattern has a name; -1 for none.
func (o *Operation) position(name string) int {
	for i := 0; ; i++ {
		switch o.parameter(i) {
		case name:
			return i
		case "":
			return -1
		}
	}
}

// parameter returns the name of the i-th id in o's pattern.
func (o *Operation) parameter(i int) string {
	names := strings.Split(o.Path, "{")
	if i < 0 || i+1 >= len(names) {
		return ""
	}
	name, _, _ := strings.Cut(names[i+1], "}")
	return name
}

// theIDs stands in for the ids of a many-ids request until they are known to be clean.
const theIDs = "*"

// atMany is at with several ids in place of the one theIDs among names.
func (o *Operation) atMany(ids []string, names ...string) request {
	r := o.at(names...)
	if r.failed != nil {
		return r
	}
	segs := make([]string, len(ids))
	for i, id := range ids {
		seg, err := segment(id)
		if err != nil {
			return request{op: o, failed: fmt.Errorf("%s: %w", o.ID, err)}
		}
		segs[i] = seg
	}
	joined := strings.Join(segs, ",")
	r.path = strings.Replace(r.path, "/"+theIDs, "/"+joined, 1)
	if r.extensions == theIDs {
		r.extensions = joined
	}
	r.many = len(ids) > 1
	return r
}

// segment escapes id for one path segment.
func segment(id string) (string, error) {
	switch id {
	case "", ".", "..":
		return "", fmt.Errorf("%w: %q", errBadID, id)
	case theIDs:
		return theIDs, nil
	}
	return url.PathEscape(id), nil
}

func (r request) where(q url.Values) request { r.query = q; return r }
func (r request) send(body any) request      { r.body = body; return r }

type operationKey struct{}

// mark says that a request made with the returned context belongs to o, and which
// budget pays for it.
func mark(ctx context.Context, o *Operation) context.Context {
	return budget.With(context.WithValue(ctx, operationKey{}, o), o.Group, o.ID)
}

// OperationFrom returns the operation that the request made with ctx belongs to.
func OperationFrom(ctx context.Context) *Operation {
	o, _ := ctx.Value(operationKey{}).(*Operation)
	return o
}
