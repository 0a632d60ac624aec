package change

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/ringql/ringql/internal/rest"
)

// Call queues, paging groups and park locations all have members, that join and leave in
// bulk: each group's are sent in one call or all in one, and who is a member is read back.

// MemberAction says whether one is to join a group or leave it.
type MemberAction string

// The actions.
const (
	Add    MemberAction = "ADD"
	Remove MemberAction = "REMOVE"
)

// memberList is one of the lists of a group: who is to join it, and who to leave it.
type memberList struct {
	of                      string // what stands in it
	addedField, removeField string // the input fields
	added, removed          []rest.Key
}

// groupChange is what is to change of one group.
type groupChange struct {
	id    rest.Key
	lists []memberList
}

// groupKind is a kind of groups.
type groupKind struct {
	noun   string
	field  string            // the input field that names a group
	fields map[string]string // which input field the upstream means by a parameter
	// send sends the changes once, and returns what became of each group's.
	send func(ctx context.Context, account string, changes []groupChange) []error
	// read returns one page of a list of a group.
	read func(ctx context.Context, group rest.ExtensionID, list int) (map[string]bool, error)
}

// memberResult is what became of one member of a list of a group.
type memberResult struct {
	group   rest.Key
	list    int
	id      rest.Key
	action  MemberAction
	outcome MutationOutcome
	errors  []*UserError
}

// membersResult is what became of changes to many groups.
type membersResult struct {
	members []memberResult
	outcome MutationOutcome
	errors  []*UserError
	calls   []*UpstreamCall
}

const (
	mostGroups  = 100
	mostMembers = 1000
)

// check refuses changes that contradict themselves, before anything is sent.
func (k groupKind) check(changes []groupChange) *UserError {
	groups, all := map[string]bool{}, 0
	for i, ch := range changes {
		members := 0
		for _, l := range ch.lists {
			seen := map[string]bool{}
			for _, id := range append(append([]rest.Key{}, l.added...), l.removed...) {
				if seen[id.RCID] {
					return invalid("items", fmt.Sprintf("Item %d names %s %s twice.", i, l.of, id.RCID))
				}
				seen[id.RCID] = true
			}
			members += len(seen)
		}
		switch {
		case members == 0:
			return invalid("items", fmt.Sprintf("Item %d changes nothing.", i))
		case groups[ch.id.RCID]:
			return invalid("items", fmt.Sprintf("%s%s %s stands in two items.", strings.ToUpper(k.noun[:1]), k.noun[1:], ch.id.RCID))
		}
		groups[ch.id.RCID] = true
		all += members
	}
	switch {
	case len(changes) == 0:
		return invalid("items", "There is nothing to change.")
	case len(changes) > mostGroups:
		return invalid("items", fmt.Sprintf("At most %d %ss at once.", mostGroups, k.noun))
	case all > mostMembers:
		return invalid("items", fmt.Sprintf("At most %d members at once.", mostMembers))
	}
	return nil
}

// foreign refuses what is of another account than the one with the real id account.
func (k groupKind) foreign(account string, ch groupChange) error {
	of := func(field string, ids ...rest.Key) error {
		for _, id := range ids {
			if err := foreign(field, account, rest.ExtensionID{Key: id}); err != nil {
				return err
			}
		}
		return nil
	}
	err := of(k.field, ch.id)
	for _, l := range ch.lists {
		err = cmp.Or(err, of(l.addedField, l.added...), of(l.removeField, l.removed...))
	}
	return err
}

// assignMembers has members join groups and leave others, and reads back who is a member
// now. account is the one they live in.
func (c *Changer) assignMembers(ctx context.Context, account string, k groupKind, changes []groupChange) (*membersResult, error) {
	if bad := k.check(changes); bad != nil {
		return &membersResult{outcome: Rejected, errors: []*UserError{bad}}, nil
	}
	ctx, calls := rest.WithCalls(ctx)
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	id, err := accountID(ctx, account)
	for _, ch := range changes {
		err = cmp.Or(err, k.foreign(id, ch))
	}
	if err != nil {
		return nil, err
	}
	errs := k.send(sctx, account, changes)
	if err := common(errs); err != nil {
		return nil, err
	}
	run := newMemberRun(k, account, changes, errs)
	_, _ = settle(ctx, looks, run.look)
	out := &membersResult{}
	for i := range changes {
		out.members = append(out.members, run.results(i, id)...)
	}
	out.outcome, out.calls = summary(out.members), callsOf(calls)
	return out, nil
}

// common returns the failure of sign-in, rights, budget or upstream that kept
// every change from being carried out; nil when some may have been, or the
// refusals are of the domain.
func common(errs []error) error {
	for _, err := range errs {
		if err == nil || lost(err) || refusal(err, nil) != nil {
			return nil
		}
	}
	return errs[0]
}

// listAt names a list of one of the groups that are changed.
type listAt struct{ group, list int }

// memberRun is one use of assignMembers.
type memberRun struct {
	kind    groupKind
	account string
	changes []groupChange
	errs    []error  // of each group
	places  []listAt // the lists that change

	mu      sync.Mutex
	members map[listAt]map[string]bool // as last read; nil when it could not be
	looked  map[listAt]bool
}

func newMemberRun(k groupKind, account string, changes []groupChange, errs []error) *memberRun {
	r := &memberRun{
		kind: k, account: account, changes: changes, errs: errs,
		members: map[listAt]map[string]bool{}, looked: map[listAt]bool{},
	}
	for i, ch := range changes {
		for j, l := range ch.lists {
			if len(l.added)+len(l.removed) > 0 {
				r.places = append(r.places, listAt{i, j})
			}
		}
	}
	return r
}

// look reads every list that is not seen to be as asked, and says whether all are now.
// One whose change was refused is read once.
func (r *memberRun) look(ctx context.Context) (bool, error) {
	rest.InParallel(len(r.places), func(i int) {
		p := r.places[i]
		if r.settled(p) {
			return
		}
		group := rest.ExtensionID{Key: rest.Key{Account: r.account, RCID: r.changes[p.group].id.RCID}}
		m, err := r.kind.read(ctx, group, p.list)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.looked[p] = true
		if err == nil {
			r.members[p] = m
		}
	})
	for _, p := range r.places {
		if !r.settled(p) {
			return false, nil
		}
	}
	return true, nil
}

// settled says whether looking at a list again would tell nothing new.
func (r *memberRun) settled(p listAt) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, err := r.members[p], r.errs[p.group]
	switch {
	case r.looked[p] && err != nil && !lost(err):
		return true // it was refused: nothing will come of it
	case m == nil:
		return false
	}
	l := r.changes[p.group].lists[p.list]
	for _, id := range l.added {
		if !m[id.RCID] {
			return false
		}
	}
	for _, id := range l.removed {
		if m[id.RCID] {
			return false
		}
	}
	return true
}

// results says what became of the members of a group. account is the real id.
func (r *memberRun) results(group int, account string) []memberResult {
	var out []memberResult
	ch := r.changes[group]
	for j, l := range ch.lists {
		for _, side := range []struct {
			action MemberAction
			ids    []rest.Key
		}{{Add, l.added}, {Remove, l.removed}} {
			for _, id := range side.ids {
				m := memberResult{
					group: rest.Key{Account: account, RCID: ch.id.RCID}, list: j,
					id: rest.Key{Account: account, RCID: id.RCID}, action: side.action,
				}
				m.outcome, m.errors = r.judge(listAt{group, j}, id.RCID, side.action)
				m.errors = below(m.errors, "items", strconv.Itoa(group))
				out = append(out, m)
			}
		}
	}
	return out
}

// judge says what became of one member, by who is a member now and what the
// upstream answered.
func (r *memberRun) judge(p listAt, id string, action MemberAction) (MutationOutcome, []*UserError) {
	err, members := r.errs[p.group], r.members[p]
	asAsked := members != nil && members[id] == (action == Add)
	u := refusal(err, r.kind.fields)
	switch {
	case asAsked && (err == nil || lost(err)):
		return Applied, nil
	case asAsked && action == Remove && u != nil && (u.Code == NotFound || u.Code == Invalid):
		return AlreadyApplied, []*UserError{u} // it may be that there is no such extension
	case asAsked:
		return AlreadyApplied, nil // nothing was changed, and nothing had to be
	case err == nil && members == nil:
		return Applied, nil // the upstream has said so, and nothing says otherwise
	case lost(err) && members == nil:
		u = unknownOutcome()
		u.Message = "The " + r.kind.noun + "'s members could not be read back. " + u.Message
		return Unknown, []*UserError{u}
	case err == nil:
		u = unknownOutcome()
		u.Message = "RingCentral accepted it, and reading back shows the contrary. It may still happen: look again before you try again."
		return Unknown, []*UserError{u}
	case lost(err):
		return Unknown, []*UserError{unknownOutcome()}
	case u == nil:
		u = undone("sent", err)
	}
	return Rejected, []*UserError{u}
}

// summary says what all results have in common.
func summary(rs []memberResult) MutationOutcome {
	outcomes := make([]MutationOutcome, len(rs))
	for i, r := range rs {
		outcomes[i] = r.outcome
	}
	return summaryOf(outcomes)
}

// allOf returns the ids in a list, all of its pages. A list that contradicts itself is
// none.
func allOf[T any](ctx context.Context, id func(*T) string, list func(ctx context.Context, page, perPage int) (*rest.Page[T], error)) (map[string]bool, error) {
	all := map[string]bool{}
	for p, err := range rest.Pages(ctx, id, list) {
		if err != nil {
			return nil, err
		}
		for i := range p.Records {
			all[id(&p.Records[i])] = true
		}
	}
	return all, nil
}

func refID(m *rest.ExtensionRef) string { return m.ID.RCID }

// keys drops the kind of ids.
func keys[K ~struct{ rest.Key }](ids []K) []rest.Key {
	out := make([]rest.Key, len(ids))
	for i, id := range ids {
		out[i] = struct{ rest.Key }(id).Key
	}
	return out
}

// rcIDs drops the accounts of ids: one has been found to hold them all.
func rcIDs(ids []rest.Key) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.RCID
	}
	return out
}

func members(l memberList) rest.Members {
	return rest.Members{Added: rcIDs(l.added), Removed: rcIDs(l.removed)}
}
