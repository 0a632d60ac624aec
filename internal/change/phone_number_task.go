package change

import (
	"errors"

	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumberTaskResult is what adding one number to the inventory came to.
type PhoneNumberTaskResult struct {
	Number     string
	ID         rest.PhoneNumberID // without RCID where it was not told
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// TaskResults says what became of each number of a task; nil while it runs.
func TaskResults(t *rest.PhoneNumberTask) []*PhoneNumberTaskResult {
	var out []*PhoneNumberTaskResult
	for _, item := range t.Items {
		r := &PhoneNumberTaskResult{Number: item.PhoneNumber, ID: item.ID, Outcome: Applied}
		if item.Err != nil {
			u := refusal(item.Err, nil)
			if u == nil {
				u = undone("added", item.Err)
			}
			r.Outcome, r.UserErrors = Rejected, []*UserError{u}
		}
		out = append(out, r)
	}
	return out
}

// stillAdding is the result for a number that is not to be found after err: the upstream
// may still be adding it.
func stillAdding(err error) *PhoneNumberResult {
	r := unknown(nil)
	if p, ok := errors.AsType[*rest.PendingError](err); ok && p.Task.TaskID != "" {
		r.Task = &p.Task
		r.UserErrors[0].Message = "RingCentral is still adding the number, and will not assign it: ask phoneNumberTask before you go on."
	}
	return r
}
