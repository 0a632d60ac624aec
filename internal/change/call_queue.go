package change

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/ringql/ringql/internal/rest"
)

// CallQueueMemberAction says whether an extension is to join a queue or leave it.
type CallQueueMemberAction string

// The actions.
const (
	Add    CallQueueMemberAction = "ADD"
	Remove CallQueueMemberAction = "REMOVE"
)

// CallQueueMemberResult is what became of one member.
type CallQueueMemberResult struct {
	CallQueueID rest.ExtensionID
	ExtensionID rest.ExtensionID
	Action      CallQueueMemberAction
	Outcome     MutationOutcome
	UserErrors  []*UserError
}

// CallQueueMembersResult is what became of changes to many queues.
type CallQueueMembersResult struct {
	Results    []*CallQueueMemberResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

// QueueChange adds extensions to a call queue and removes others from it.
type QueueChange struct {
	Queue          rest.ExtensionID
	Added, Removed []rest.ExtensionID
}

// bare drops the accounts of the ids: one account has been found to hold them all.
func (ch QueueChange) bare() rest.QueueChange {
	return rest.QueueChange{Queue: ch.Queue.RCID, Added: rcIDs(ch.Added), Removed: rcIDs(ch.Removed)}
}

func rcIDs(ids []rest.ExtensionID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.RCID
	}
	return out
}

func (ch QueueChange) foreign(account string) error {
	return cmp.Or(foreign("callQueueId", account, ch.Queue),
		foreign("addedExtensionIds", account, ch.Added...), foreign("removedExtensionIds", account, ch.Removed...))
}

const (
	mostQueues  = 100
	mostMembers = 1000
)

// check refuses changes that contradict themselves, before anything is sent.
func check(changes []rest.QueueChange) *UserError {
	queues, members := map[string]bool{}, 0
	for i, ch := range changes {
		seen := map[string]bool{}
		for _, id := range append(append([]string{}, ch.Added...), ch.Removed...) {
			if seen[id] {
				return invalid("items", fmt.Sprintf("Item %d names extension %s twice.", i, id))
			}
			seen[id] = true
		}
		switch {
		case len(seen) == 0:
			return invalid("items", fmt.Sprintf("Item %d changes nothing.", i))
		case queues[ch.Queue]:
			return invalid("items", fmt.Sprintf("Queue %s stands in two items.", ch.Queue))
		}
		queues[ch.Queue] = true
		members += len(seen)
	}
	switch {
	case len(changes) == 0:
		return invalid("items", "There is nothing to change.")
	case len(changes) > mostQueues:
		return invalid("items", fmt.Sprintf("At most %d queues at once.", mostQueues))
	case members > mostMembers:
		return invalid("items", fmt.Sprintf("At most %d members at once.", mostMembers))
	}
	return nil
}

// AssignCallQueueMembers adds members to queues and removes others, and reads back
// who is a member now. account is the one they live in.
func (c *Changer) AssignCallQueueMembers(ctx context.Context, account string, asked []QueueChange) (*CallQueueMembersResult, error) {
	changes := make([]rest.QueueChange, len(asked))
	for i, ch := range asked {
		changes[i] = ch.bare()
	}
	if bad := check(changes); bad != nil {
		return &CallQueueMembersResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	ctx, calls := rest.WithCalls(ctx)
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	id, err := accountID(ctx, account)
	for _, ch := range asked {
		err = cmp.Or(err, ch.foreign(id))
	}
	if err != nil {
		return nil, err
	}
	errs := c.REST.AssignCallQueueMembers(sctx, account, changes)
	if err := common(errs); err != nil {
		return nil, err
	}
	run := &queueRun{
		c: c, account: account, changes: changes, errs: errs,
		members: make([]map[string]bool, len(changes)), looked: make([]bool, len(changes)),
	}
	_, _ = settle(ctx, looks, run.look)
	out := &CallQueueMembersResult{}
	for i := range changes {
		out.Results = append(out.Results, run.results(i, id)...)
	}
	out.Outcome, out.Calls = summary(out.Results), callsOf(calls)
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

// queueRun is one use of AssignCallQueueMembers.
type queueRun struct {
	c       *Changer
	account string
	changes []rest.QueueChange
	errs    []error

	mu      sync.Mutex
	members []map[string]bool // of each queue, as last read; nil when it could not be
	looked  []bool
}

// look reads the members of every queue that is not seen to be as asked, and says
// whether all are now. A queue whose change was refused is read once.
func (r *queueRun) look(ctx context.Context) (bool, error) {
	rest.InParallel(len(r.changes), func(i int) {
		if r.settled(i) {
			return
		}
		m, err := r.read(ctx, r.changes[i].Queue)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.looked[i] = true
		if err == nil {
			r.members[i] = m
		}
	})
	for i := range r.changes {
		if !r.settled(i) {
			return false, nil
		}
	}
	return true, nil
}

// settled says whether looking at queue i again would tell nothing new.
func (r *queueRun) settled(i int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.members[i]
	switch {
	case r.looked[i] && r.errs[i] != nil && !lost(r.errs[i]):
		return true // it was refused: nothing will come of it
	case m == nil:
		return false
	}
	for _, id := range r.changes[i].Added {
		if !m[id] {
			return false
		}
	}
	for _, id := range r.changes[i].Removed {
		if m[id] {
			return false
		}
	}
	return true
}

// read returns who is a member of a queue. A list that contradicts itself is none.
func (r *queueRun) read(ctx context.Context, queue string) (map[string]bool, error) {
	members := map[string]bool{}
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
		return r.c.REST.ListCallQueueMembers(ctx, r.account, queue, page, perPage)
	}
	for p, err := range rest.Pages(ctx, func(m *rest.ExtensionRef) string { return m.ID.RCID }, list) {
		if err != nil {
			return nil, err
		}
		for i := range p.Records {
			members[p.Records[i].ID.RCID] = true
		}
	}
	return members, nil
}

func (r *queueRun) results(i int, account string) []*CallQueueMemberResult {
	id := func(rcID string) rest.ExtensionID {
		return rest.ExtensionID{Key: rest.Key{Account: account, RCID: rcID}}
	}
	ch := r.changes[i]
	out := make([]*CallQueueMemberResult, 0, len(ch.Added)+len(ch.Removed))
	for _, ext := range ch.Added {
		out = append(out, &CallQueueMemberResult{CallQueueID: id(ch.Queue), ExtensionID: id(ext), Action: Add})
	}
	for _, ext := range ch.Removed {
		out = append(out, &CallQueueMemberResult{CallQueueID: id(ch.Queue), ExtensionID: id(ext), Action: Remove})
	}
	for _, m := range out {
		m.Outcome, m.UserErrors = r.judge(i, m)
	}
	return out
}

// queueFields says which input field the upstream means by a parameter.
var queueFields = map[string]string{
	"departmentId": "callQueueId", "groupId": "callQueueId",
	"addedExtensionIds": "addedExtensionIds", "removedExtensionIds": "removedExtensionIds",
}

// judge says what became of one member, by who is a member now and what the
// upstream answered.
func (r *queueRun) judge(i int, m *CallQueueMemberResult) (MutationOutcome, []*UserError) {
	err, members := r.errs[i], r.members[i]
	asAsked := members != nil && members[m.ExtensionID.RCID] == (m.Action == Add)
	u := refusal(err, queueFields)
	switch {
	case asAsked && (err == nil || lost(err)):
		return Applied, nil
	case asAsked && m.Action == Remove && u != nil && (u.Code == NotFound || u.Code == Invalid):
		return AlreadyApplied, []*UserError{u} // it may be that there is no such extension
	case asAsked:
		return AlreadyApplied, nil // nothing was changed, and nothing had to be
	case err == nil && members == nil:
		return Applied, nil // the upstream has said so, and nothing says otherwise
	case lost(err) && members == nil:
		u = unknownOutcome()
		u.Message = "The queue's members could not be read back. " + u.Message
		return Unknown, []*UserError{u}
	case err == nil:
		u = unknownOutcome()
		u.Message = "RingCentral accepted it, and reading back shows the contrary. It may still happen: look again before you try again."
		return Unknown, []*UserError{u}
	case lost(err):
		return Unknown, []*UserError{unknownOutcome()}
	case u == nil:
		u = &UserError{Code: Refused, Message: "It could not be sent for now: " + class(err) + "."}
	}
	return Rejected, []*UserError{u}
}

// summary says what all results have in common.
func summary(rs []*CallQueueMemberResult) MutationOutcome {
	outcomes := make([]MutationOutcome, len(rs))
	for i, r := range rs {
		outcomes[i] = r.Outcome
	}
	return summaryOf(outcomes)
}
