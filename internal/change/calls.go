package change

import "github.com/ringql/ringql/internal/rest"

// UpstreamCall is one call that a change made.
type UpstreamCall struct {
	Operation string
	Group     rest.RateLimitGroup
	Status    *int // nil when no answer came
}

func callsOf(c *rest.Calls) []*UpstreamCall {
	made := c.List()
	out := make([]*UpstreamCall, len(made))
	for i, call := range made {
		out[i] = &UpstreamCall{Operation: call.Operation.ID, Group: rest.RateLimitGroup(call.Group)}
		if call.Status != 0 {
			out[i].Status = &call.Status
		}
	}
	return out
}

// summaryOf says what all outcomes have in common.
func summaryOf(outcomes []MutationOutcome) MutationOutcome {
	count := map[MutationOutcome]int{}
	for _, o := range outcomes {
		count[o]++
	}
	done := count[Applied] + count[AlreadyApplied]
	switch {
	case count[AlreadyApplied] == len(outcomes):
		return AlreadyApplied
	case done == len(outcomes):
		return Applied
	case done+count[Partial] > 0:
		return Partial
	case count[Unknown] > 0:
		return Unknown
	}
	return Rejected
}
