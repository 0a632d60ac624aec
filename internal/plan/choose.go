package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
)

// The relations that can be read in several ways, each with the facts by which one is
// chosen. The loaders choose with what is true at the moment, the price with what is known
// before; both choose by these functions.

// Numbers are the facts about the phone numbers assigned to some extensions.
type Numbers struct {
	Need       NumberNeed
	Extensions int  // whose numbers are wanted
	All        int  // numbers of the account
	Unread     int  // pages of the account's list that are not at hand
	FromV2     bool // the account's list comes from v2, and leaves something out
	InOneCall  int  // numbers that one call reads by their ids
}

// The ways to assigned numbers.
const (
	ByAccountList = iota
	ByOwnLists
)

// Options are the ways to the numbers: the account's list, dealt out; or each extension's
// own list, of whose numbers is asked whose they are.
func (n Numbers) Options() []Option {
	list := Calls{budget.Heavy: n.Unread}
	if n.Need.Listed {
		list[budget.Light] += min(n.Extensions, n.All) // the own list of each who has a number is read all the same
	}
	if n.FromV2 && n.Need.Lacking.Has(rest.FromV2) {
		list[budget.Light] += Pages(min(2*n.Extensions, n.All), n.InOneCall)
	}
	own := Calls{budget.Light: n.Extensions + Pages(n.asked(), n.InOneCall)}
	return []Option{ByAccountList: {"account list", list}, ByOwnLists: {"own lists", own}}
}

// asked is how many numbers own lists are taken to name that may be their extension's.
func (n Numbers) asked() int { return 2 * n.Extensions }

// Extensions are the facts about the records of some extensions.
type Extensions struct {
	Wanted    int
	Unread    int // pages of the account's list that are not at hand
	InOneCall int
}

// ByIDs is the first of the ways to extensions and to devices; ByList the second.
const (
	ByIDs = iota
	ByList
)

// Options are the ways to the records: by their ids, or the account's list.
func (e Extensions) Options() []Option {
	return []Option{
		ByIDs:  {"by ids", Calls{budget.Light: Pages(e.Wanted, e.InOneCall)}},
		ByList: {"account list", Calls{budget.Medium: e.Unread}},
	}
}

// Devices are the facts about the devices of some extensions.
type Devices struct {
	Extensions int
	Unread     int  // pages of the account's list that are not at hand
	InOneCall  int  // extensions
	Listed     bool // the account's list tells all that is wanted
	Preferred  bool // and is what this generation of the API has
}

// Options are the ways to the devices: by the ids of their extensions, and the account's
// list where it will do.
func (d Devices) Options() []Option {
	options := []Option{ByIDs: {"by ids", Calls{budget.Light: Pages(d.Extensions, d.InOneCall)}}}
	if d.Listed {
		options = append(options, Option{"account list", Calls{budget.Medium: d.Unread}})
	}
	return options
}

// Choose is Funds.Choose for devices. Today's description of the API does not list the
// account's list, so it is taken where that of 2018 was asked for, or nothing else can be
// paid.
func (d Devices) Choose(f Funds) (int, error) {
	options := d.Options()
	if !d.Preferred && options[ByIDs].Fits(f.Left) {
		return ByIDs, nil
	}
	return f.Choose(options)
}

// Funds are what a person can spend on an operation.
type Funds struct {
	Left     Left                                      // now
	When     func(g budget.Group, n int) time.Duration // how long until n calls of a group can have been sent
	Patience time.Duration                             // how long the operation can wait; zero means not at all
	// Fresh is how long n calls of a group take a person who has spent none; nil where that is
	// not asked for.
	Fresh func(g budget.Group, n int) time.Duration
}

// Admit is Check for a whole operation that has not begun: it says as well whether the calls
// can be sent in time by anyone.
func (f Funds) Admit(calls Calls) error {
	e := f.exceeded(calls)
	if e.FitsIn <= f.Patience {
		return nil
	}
	for g, n := range calls {
		e.Never = e.Never || n > 0 && f.Fresh(g, n) > f.Patience
	}
	return e
}

// Choose returns which of options to take: the cheapest of those that can be paid now, else
// the one that can be paid the soonest. An error says that none can be paid in time.
func (f Funds) Choose(options []Option) (int, error) {
	best, payable := Cheapest(options, f.Left)
	if payable {
		return best, nil
	}
	var soonest *Exceeded
	for i, o := range options {
		if e := f.exceeded(o.Calls); soonest == nil || e.FitsIn < soonest.FitsIn {
			best, soonest = i, e
		}
	}
	if soonest.FitsIn <= f.Patience {
		return best, nil
	}
	return best, soonest
}

// Check says whether calls can be sent in time.
func (f Funds) Check(calls Calls) error {
	if e := f.exceeded(calls); e.FitsIn > f.Patience {
		return e
	}
	return nil
}

func (f Funds) exceeded(calls Calls) *Exceeded {
	e := &Exceeded{Needs: calls, Has: Calls{}}
	for g, n := range calls {
		if n == 0 {
			continue
		}
		e.Has[g] = f.Left(g)
		e.FitsIn = max(e.FitsIn, f.When(g, n))
	}
	return e
}

// Exceeded says that something takes more calls than can be sent in time. Nothing was sent
// for it.
type Exceeded struct {
	Needs, Has Calls
	FitsIn     time.Duration // how long it would take until all were sent
	Never      bool          // not in time by anyone: one group's calls take several windows
}

func (e *Exceeded) Error() string {
	return fmt.Sprintf("takes %v calls, %v are left, and all could be sent in %s", e.Needs, e.Has, e.FitsIn.Round(time.Second))
}

// Sentence tells e to people.
func (e *Exceeded) Sentence() string {
	var needs []string
	for _, g := range slices.Sorted(maps.Keys(e.Needs)) {
		if n := e.Needs[g]; n > 0 {
			needs = append(needs, fmt.Sprintf("%d %s (%d left)", n, g, e.Has[g]))
		}
	}
	why := ""
	if e.Never {
		why = " Waiting does not help: ask for less, or allow more time with RINGQL_TIMEOUT."
	}
	return fmt.Sprintf("%s, which would take %s.%s", strings.Join(needs, ", "), e.FitsIn.Round(time.Second), why)
}

// Is makes every Exceeded a refusal by the budget.
func (e *Exceeded) Is(target error) bool { return target == budget.ErrExhausted }

// NotSent marks e as a refusal by the gateway itself.
func (e *Exceeded) NotSent() {}
