package resolvers

import (
	"cmp"
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
)

// Audience says who may be told of what.
type Audience interface {
	// Admit has whoever ctx acts for be told what happens in an account, as a request names it,
	// behind the event with an id. They are told of those kinds that they may be, of which there
	// is one at least. What it returns is to be closed.
	Admit(ctx context.Context, account string, after *string, kinds ...notify.Kind) (*Listener, error)
}

// Listener reads what happens in an account.
type Listener struct {
	*notify.Reader
	Account string               // its real id
	Hears   map[notify.Kind]bool // gaps are among them
}

// listen has whoever ctx acts for be told what happens in the account that an argument names.
func (r *Resolver) listen(ctx context.Context, accountID string, after *string, kinds ...notify.Kind) (*Listener, error) {
	account, err := accountArgument(&accountID)
	if err != nil {
		return nil, err
	}
	return r.Audience.Admit(ctx, account, after, kinds...)
}

// Turns are how the events of one subscription are handed over, so that each is answered as
// an operation of its own: a turn says that an event waits to be answered.
type Turns struct {
	C     <-chan Turn // the last holds an error
	begun bool
	c     chan Turn
}

// Turn is one event that waits to be answered.
type Turn struct {
	ID    string                // of the event
	Field *graphql.FieldContext // of the subscription
	Err   error                 // why there are no more
}

// Begun says whether there is anything that hands events over.
func (t *Turns) Begun() bool { return t.begun }

type turnsKey struct{}

// WithTurns returns a context for one subscription, and its turns.
func WithTurns(ctx context.Context) (context.Context, *Turns) {
	c := make(chan Turn)
	t := &Turns{C: c, c: c}
	return context.WithValue(ctx, turnsKey{}, t), t
}

// offer waits until the turn is taken; false when ctx ends before.
func (t *Turns) offer(ctx context.Context, turn Turn) bool {
	select {
	case t.c <- turn:
		return true
	case <-ctx.Done():
		return false
	}
}

// stream shows what l reads, one by one, until ctx ends or l does: show is false for what is
// not to be told. Nothing is read ahead, so that who is slow is known to be.
func stream[T any](ctx context.Context, l *Listener, show func(*notify.Entry) (T, bool)) <-chan T {
	turns, _ := ctx.Value(turnsKey{}).(*Turns)
	field, out := graphql.GetFieldContext(ctx), make(chan T)
	turns.begun = true
	go func() {
		defer close(out)
		defer l.Close()
		defer func() {
			if v := recover(); v != nil {
				turns.offer(ctx, Turn{Field: field, Err: graphql.GetOperationContext(ctx).Recover(ctx, v)})
			}
		}()
		for {
			e, err := l.Next(ctx)
			if err != nil {
				turns.offer(ctx, Turn{Field: field, Err: err})
				return
			}
			v, ok := show(e)
			if !ok {
				continue
			}
			if !turns.offer(ctx, Turn{ID: e.String(), Field: field}) {
				return
			}
			select {
			case out <- v:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// timeForm is how the upstream writes times.
const timeForm = "2006-01-02T15:04:05.000Z"

func happening(account string, e *notify.Entry, told rest.EventType) model.Happening {
	return model.Happening{
		ID: e.String(), Timestamp: rest.DateTime(e.Time.UTC().Format(timeForm)), Account: account,
		EventType: typeOf(e, told), RawEventType: string(told), Gap: reasonOf(e),
	}
}

// reasonOf says why events may be missing; nil of those that are no gap.
func reasonOf(e *notify.Entry) *model.EventGapReason {
	if e.Kind != notify.Gap {
		return nil
	}
	why := model.EventGapReason(e.Reason())
	return &why
}

// sameType are the words that events of extensions have for what those of numbers call otherwise.
var sameType = map[rest.EventType]rest.EventType{"Create": "Created", "Update": "Updated", "Delete": rest.Deleted}

// typeOf is the type of an event, as it is shown: what says nothing, or could be taken for a
// gap, is odd.
func typeOf(e *notify.Entry, told rest.EventType) rest.EventType {
	switch {
	case e.Kind == notify.Gap:
		return model.GapEvent
	case told == "" || told == model.GapEvent:
		return model.OddEvent
	}
	return cmp.Or(sameType[told], told)
}

func numberEvent(account string, e *notify.Entry) *model.ContactCenterPhoneNumberEvent {
	told := decoded[rest.PhoneNumberEvent](e.Body, e.Kind == notify.Number)
	before := decoded[rest.PhoneNumberEvent](e.Before, e.Before != nil)
	return &model.ContactCenterPhoneNumberEvent{
		Happening: happening(account, e, told.EventType), PhoneNumberInfo: told.PhoneNumber, Before: before.PhoneNumber,
	}
}

func extensionEvent(account string, e *notify.Entry) *model.ExtensionEvent {
	told := decoded[rest.ExtensionEvent](e.Body, e.Kind == notify.Extension)
	v := &model.ExtensionEvent{
		Happening: happening(account, e, told.EventType), RcID: string(told.ExtensionID), RawHints: told.Hints,
	}
	for _, hint := range told.Hints {
		v.Hints = append(v.Hints, rest.ExtensionEventHint(hint))
	}
	return v
}

// decoded reads what the upstream tells of an event. Where that makes no sense the event is
// told all the same, as an odd one: something has happened.
func decoded[T rest.PhoneNumberEvent | rest.ExtensionEvent](body []byte, is bool) *T {
	if is {
		if told, err := rest.DecodeEvent[T](body); err == nil {
			return told
		}
	}
	return new(T)
}
