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
