package change

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumbersResult is what became of changes to many numbers.
type PhoneNumbersResult struct {
	Results    []*PhoneNumberResult // in the order of the input
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
	RetryAfter *int // seconds until what was not sent may be; nil where that is not known
	Task       *rest.PhoneNumberTask
}

// fate is what became of one of several changes: its result; or the failure of
// sign-in, rights, budget or upstream that kept it from being carried out.
type fate struct {
	result *PhoneNumberResult
	err    error
	was    *rest.PhoneNumber // as it was before; nil if that was not read
}

func (f *fate) open() bool   { return f.result == nil && f.err == nil }
func (f *fate) fail(e error) { f.err = e }
func (f *fate) now() fate    { return *f }

// fated is a change on its way.
type fated interface {
	open() bool
	fail(err error)
	now() fate
}

// open returns those of which it is not known yet what becomes of them.
func open[T fated](all []T) []T {
	var out []T
	for _, v := range all {
		if v.open() {
			out = append(out, v)
		}
	}
	return out
}

// failAll lets changes fail for the same reason.
func failAll[T fated](all []T, err error) {
	for _, v := range all {
		v.fail(err)
	}
}

func fates[T fated](all []T) []fate {
	out := make([]fate, len(all))
	for i, v := range all {
		out[i] = v.now()
	}
	return out
}

// only returns what became of the one change there was.
func only(fs []fate) (*PhoneNumberResult, error) { return fs[0].result, fs[0].err }

// mostNumbers bounds one mutation: more would take longer than a request may.
const mostNumbers = 500

// numberChange is one item of a change of many numbers.
type numberChange interface {
	// number tells items apart, and names the field that does.
	number() (field, key string)
	// unreadable says why the item cannot be read; nil if it can.
	unreadable() *UserError
}

// several carries out changes of many numbers with run, which is given those items that
// can be read and told apart. It fails only if every item failed for no reason of its own.
func several[A numberChange](ctx context.Context, asked []A, run func(context.Context, []A) []fate) (*PhoneNumbersResult, error) {
	var bad *UserError
	switch {
	case len(asked) == 0:
		bad = invalid("items", "There is nothing to change.")
	case len(asked) > mostNumbers:
		bad = invalid("items", fmt.Sprintf("At most %d numbers at once: these are %d.", mostNumbers, len(asked)))
	}
	if bad != nil {
		return &PhoneNumbersResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	ctx, calls := rest.WithCalls(ctx)
	all := refuseEach(asked)
	var todo []A
	var at []int
	for i := range all {
		if all[i].open() {
			todo, at = append(todo, asked[i]), append(at, i)
		}
	}
	if len(todo) > 0 {
		for k, f := range run(ctx, todo) {
			all[at[k]] = f
		}
	}
	out, err := gather(all)
	if err != nil {
		return nil, err
	}
	out.Calls = callsOf(calls)
	return out, nil
}

// refuseEach refuses the items that cannot be read, and those about the same number:
// which of them is meant nobody can say.
func refuseEach[A numberChange](asked []A) []fate {
	all := make([]fate, len(asked))
	first := map[string]int{}
	for i, a := range asked {
		if bad := a.unreadable(); bad != nil {
			all[i].result = rejected(nil, bad)
			continue
		}
		field, key := a.number()
		j, again := first[key]
		if !again {
			first[key] = i
			continue
		}
		all[i].result = rejected(nil, invalid(field, fmt.Sprintf("Item %d is about the same number.", j)))
		if all[j].open() {
			all[j].result = rejected(nil, invalid(field, fmt.Sprintf("Item %d is about the same number.", i)))
		}
	}
	return all
}

// gather makes the result of all. What failed for no reason of its own is an error if
// all did so, else told of each.
func gather(all []fate) (*PhoneNumbersResult, error) {
	if err := troubleOf(all); err != nil {
		return nil, err
	}
	out := &PhoneNumbersResult{Results: make([]*PhoneNumberResult, len(all))}
	outcomes := make([]MutationOutcome, len(all))
	for i, f := range all {
		r := f.result
		if r == nil {
			r = f.failed()
		}
		out.await(r.wait)
		if r.Task != nil {
			out.Task = r.Task
		}
		r.UserErrors = below(r.UserErrors, "items", strconv.Itoa(i))
		out.Results[i], outcomes[i] = r, r.Outcome
	}
	out.Outcome = summaryOf(outcomes)
	return out, nil
}

// troubleOf returns the first failure if every change failed, and for no reason of its own.
func troubleOf(all []fate) error {
	for _, f := range all {
		if f.result != nil || isForeign(f.err) {
			return nil
		}
	}
	return all[0].err
}

// failed is the result of a change among others that failed for no reason of its own.
func (f *fate) failed() *PhoneNumberResult {
	if e, ok := errors.AsType[*ForeignError](f.err); ok {
		return rejected(f.was, invalid(e.Field, "It is of another account."))
	}
	r := rejected(f.was, undone("carried out", f.err))
	r.wait = rest.RetryAfter(f.err)
	return r
}

func isForeign(err error) bool { return errors.As(err, new(*ForeignError)) }

// await says that it takes so long until what was not carried out may be.
func (r *PhoneNumbersResult) await(wait time.Duration) {
	s := int(math.Ceil(wait.Seconds()))
	if s > 0 && (r.RetryAfter == nil || s > *r.RetryAfter) {
		r.RetryAfter = &s
	}
}

// below returns user errors about what lies at path.
func below(us []*UserError, path ...string) []*UserError {
	out := make([]*UserError, len(us))
	for i, u := range us {
		v := *u
		if len(v.Field) > 0 {
			v.Field = append(append([]string{}, path...), v.Field...)
		}
		out[i] = &v
	}
	return out
}
