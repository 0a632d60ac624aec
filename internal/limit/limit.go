// Package limit bounds what one request may ask of the gateway: the text of a document
// before it is parsed, an operation before it is carried out, the answer. It must not know
// what the fields of the schema do.
package limit

import "fmt"

// Limits are all limits there are. Zero fields mean the defaults.
type Limits struct {
	Body    int64 // bytes of a request's body; 1 MiB
	Tokens  int   // tokens of a document; 5,000
	Nesting int   // brackets within brackets, before parsing; 60
	Name    int   // bytes of a name; 250
	Names   int   // fields and fragments named in a document; 1,000
	Aliases int   // aliases in a document; 200
	Roots   int   // fields of Query or Mutation in one operation, those of one name once; 100
	Depth   int   // fields within fields, fragments spread; 25
	Fields  int   // fields after fragments are spread; 5,000
	Cost    int   // of making the answer, see Operation; 1,000,000
	Rows    int   // first and last of a list; 1,000
	AllRows int   // rows of all lists of one answer; 100,000
	List    int   // values of a list in arguments and variables; 1,000
	Errors  int   // errors of one answer; 100
	Read    int64 // bytes of the upstream's answers to one operation; 256 MiB
	Calls   int   // calls to the upstream that one operation is sure to take; 500

	Sockets    int // open WebSockets of one person; 500
	Operations int // operations under way on one WebSocket; 100
	InFlight   int // operations under way in the whole gateway; 1,000
	Queued     int // operations that wait for others to end; 100
}

// OrDefaults returns l with defaults in place of zeros.
func (l Limits) OrDefaults() Limits {
	orDefault(&l.Body, 1<<20)
	orDefault(&l.Tokens, 5000)
	orDefault(&l.Nesting, 60)
	orDefault(&l.Name, 250)
	orDefault(&l.Names, 1000)
	orDefault(&l.Aliases, 200)
	orDefault(&l.Roots, 100)
	orDefault(&l.Depth, 25)
	orDefault(&l.Fields, 5000)
	orDefault(&l.Cost, 1_000_000)
	orDefault(&l.Rows, 1000)
	orDefault(&l.AllRows, 100_000)
	orDefault(&l.List, 1000)
	orDefault(&l.Errors, 100)
	orDefault(&l.Read, 256<<20)
	orDefault(&l.Calls, 500)
	orDefault(&l.Sockets, 500)
	orDefault(&l.Operations, 100)
	orDefault(&l.InFlight, 1000)
	orDefault(&l.Queued, 100)
	return l
}

func orDefault[T int | int64](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Error says that a request goes beyond a limit.
type Error struct {
	What string // in the plural
	Most int
}

func (e *Error) Error() string {
	return fmt.Sprintf("too many %s: at most %d are allowed", e.What, e.Most)
}
