package change

import "context"

// Step is a change of one object that is sent once.
type Step[T any] struct {
	// Send sends it. Where the upstream answers without the object, it returns nil.
	Send func(context.Context) (*T, error)
	// Look reads back what there is now, and whether the change is to be seen in it. It is
	// asked when the answer was lost, or has no object. Without it such a change stays unknown,
	// or is applied with nothing to show.
	Look func(context.Context) (now *T, seen bool, err error)
	// Heavy says that a look is a Heavy call.
	Heavy bool
	// Fields say which input field the upstream means by a parameter, or else by its code, as a
	// path with dots.
	Fields map[string]string
}

// Result is what became of a change of one object.
type Result[T any] struct {
	Object     *T // as it is now; nil when there is none, or it is not known
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// Reject is the result of a change that is refused before anything is sent.
func Reject[T any](u *UserError) *Result[T] {
	return &Result[T]{Outcome: Rejected, UserErrors: []*UserError{u}}
}

// Carry carries a change out: sent once, for a client who is still there, and to its end;
// a refusal for a reason of the domain is a user error, and what became of a lost answer is
// read back.
func Carry[T any](ctx context.Context, s Step[T]) (*Result[T], error) {
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	now, err := s.Send(sctx)
	switch {
	case err == nil && (now != nil || s.Look == nil):
		return &Result[T]{Object: now, Outcome: Applied}, nil
	case err == nil:
		now, _ := s.look(ctx)
		return &Result[T]{Object: now, Outcome: Applied}, nil
	case lost(err):
		if s.Look != nil {
			if now, seen := s.look(ctx); seen {
				return &Result[T]{Object: now, Outcome: Applied}, nil
			}
		}
		return &Result[T]{Outcome: Unknown, UserErrors: []*UserError{unknownOutcome()}}, nil
	}
	if u := refusal(err, s.Fields); u != nil {
		return Reject[T](u), nil
	}
	return nil, err
}

// look returns what the last look showed.
func (s Step[T]) look(ctx context.Context) (now *T, seen bool) {
	pauses := looks
	if s.Heavy {
		pauses = heavyLooks
	}
	seen, _ = settle(ctx, pauses, func(ctx context.Context) (bool, error) {
		v, ok, err := s.Look(ctx)
		if err == nil {
			now = v
		}
		return ok && err == nil, err
	})
	return now, seen
}
