package change

import (
	"errors"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// What became of a member follows from what the upstream answered and from who is a
// member now, in that order.
func TestJudge(t *testing.T) {
	var (
		gone     = &rest.Error{Status: 500, Lost: true}
		refusing = &rest.Error{Status: 400, Code: "CMN-101", Parameter: "addedExtensionIds"}
		unsent   = errors.New("the budget is spent")
		in, out  = map[string]bool{"5": true}, map[string]bool{}
	)
	for name, tt := range map[string]struct {
		err     error
		members map[string]bool // nil when they could not be read
		want    MutationOutcome
		code    UserErrorCode
	}{
		"done, and so":           {nil, in, Applied, ""},
		"done, and not read":     {nil, nil, Applied, ""},
		"done, and not so":       {nil, out, Unknown, OutcomeUnknown},
		"lost, and so":           {gone, in, Applied, ""},
		"lost, and not read":     {gone, nil, Unknown, OutcomeUnknown},
		"lost, and not so":       {gone, out, Unknown, OutcomeUnknown},
		"refused, and so":        {refusing, in, AlreadyApplied, ""},
		"refused, and not read":  {refusing, nil, Rejected, Invalid},
		"refused, and not so":    {refusing, out, Rejected, Invalid},
		"never sent, and so":     {unsent, in, AlreadyApplied, ""},
		"never sent, nor read":   {unsent, nil, Rejected, Refused},
		"never sent, and not so": {unsent, out, Rejected, Refused},
	} {
		r := &queueRun{errs: []error{tt.err}, members: []map[string]bool{tt.members}}
		m := &CallQueueMemberResult{ExtensionID: rest.ExtensionID{Key: rest.Key{RCID: "5"}}, Action: Add}
		got, us := r.judge(0, m)
		if got != tt.want || (tt.code == "") != (us == nil) || us != nil && us[0].Code != tt.code {
			t.Errorf("%s: %s %+v, want %s %s", name, got, us, tt.want, tt.code)
		}
	}
}

// A bare id is one of the account at hand; a global one names its account.
func TestForeign(t *testing.T) {
	ext := func(account, id string) rest.ExtensionID {
		return rest.ExtensionID{Key: rest.Key{Account: account, RCID: id}}
	}
	for id, bad := range map[rest.ExtensionID]bool{
		ext(rest.Own, "5"): false, ext("1", "5"): false, ext("2", "5"): true, {}: false,
	} {
		if err := foreign("extensionId", "1", id); (err != nil) != bad {
			t.Errorf("%v: %v", id, err)
		}
	}
	ch := QueueChange{Queue: ext("1", "5"), Added: []rest.ExtensionID{ext(rest.Own, "6")}, Removed: []rest.ExtensionID{ext("2", "7")}}
	if e, ok := errors.AsType[*ForeignError](ch.foreign("1")); !ok || e.Field != "removedExtensionIds" {
		t.Errorf("%v", ch.foreign("1"))
	}
}
