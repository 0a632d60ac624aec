package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/graph/resolvers"
	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// subscription is one under way. While it waits for an event it is no operation: it has no
// deadline, no turn, and nobody waits for it. Each event is answered as one.
type subscription struct {
	o         *operations
	turns     *resolvers.Turns
	responses graphql.ResponseHandler
	event     *event // one for all its life
	logs      bool   // whether that is its own
	free      bool   // no call is made for any event
	id        string // of the entry that the last response is about; "" for none
	over      bool
	cut       bool // the gateway is stopping: the client is to come back, so nothing says that it is over
	cancel    context.CancelFunc
}

type subscriptionKey struct{}

// subscriptionFrom returns the subscription that ctx belongs to; nil for none.
func subscriptionFrom(ctx context.Context) *subscription {
	s, _ := ctx.Value(subscriptionKey{}).(*subscription)
	return s
}

// subscribe begins a subscription. What ends it before its first event is its only response.
func (o *operations) subscribe(ctx context.Context, r *run, next graphql.OperationHandler) graphql.ResponseHandler {
	p := plan.From(ctx)
	refused := o.unfit(ctx, p)
	s := &subscription{o: o, event: r.event, logs: r.logs}
	var responses graphql.ResponseHandler
	if refused == nil {
		s.free = p.Free(graphql.GetOperationContext(ctx).Variables)
		ctx, s.turns = resolvers.WithTurns(context.WithValue(ctx, subscriptionKey{}, s))
		ctx, s.cancel = context.WithCancel(ctx)
		responses = next(ctx)
		if !s.turns.Begun() {
			s.cancel()
			refused = responses(ctx)
		}
	}
	admission.Leave(ctx)
	if refused != nil {
		r.note(ctx, refused)
		return graphql.OneShot(refused)
	}
	o.cfg.Telemetry.request(r.kind, false, time.Since(r.start))
	s.responses = responses
	context.AfterFunc(ctx, func() { s.close(ctx) })
	return s.next
}

// unfit refuses what can never be answered: anything but one stream, and what takes more calls
// for one event than are allowed.
func (o *operations) unfit(ctx context.Context, p *plan.Plan) *graphql.Response {
	op, streams := graphql.GetOperationContext(ctx), 0
	for range p.Root.Select(op.Variables) {
		streams++
	}
	if streams != 1 {
		err := gqlerror.Errorf("A subscription has one field, under one name, and without a condition that does not hold.")
		errcode.Set(err, errcode.ValidationFailed)
		return &graphql.Response{Errors: gqlerror.List{err}}
	}
	if auth.Key(ctx) == "" {
		return nil // which is said by the field
	}
	facts := o.facts(ctx)
	err := o.payable(p.Price(op.Variables, facts), facts)
	if e, later := errors.AsType[*plan.Exceeded](err); err == nil || later && !e.Never {
		return nil
	}
	refused := present(ctx, err)
	refused.Path, refused.Locations = nil, nil
	return &graphql.Response{Errors: gqlerror.List{refused}}
}

// next waits for the next event, and answers it; nil when there are no more. It is called by
// one goroutine.
func (s *subscription) next(ctx context.Context) *graphql.Response {
	s.id = ""
	if s.over {
		return nil
	}
	select {
	case turn := <-s.turns.C:
		if turn.Err != nil {
			return s.last(present(graphql.WithFieldContext(ctx, copied(turn.Field)), turn.Err))
		}
		return s.answer(ctx, turn)
	case <-s.o.draining:
		s.over, s.cut = true, true
		s.cancel()
		return nil
	case <-ctx.Done():
		s.over = true
		return nil
	}
}

// cutOff says whether ctx belongs to a subscription that ends with the gateway. Clients take an
// error, or that it is complete, for its end, and come back when the connection breaks.
func cutOff(ctx context.Context) bool {
	s := subscriptionFrom(ctx)
	return s != nil && s.cut
}

// last ends the subscription with an error.
func (s *subscription) last(err *gqlerror.Error) *graphql.Response {
	s.over = true
	s.cancel()
	return &graphql.Response{Errors: gqlerror.List{err}}
}

// close logs what became of the subscription, once its context has ended.
func (s *subscription) close(ctx context.Context) {
	if s.logs {
		s.event.write(ctx, s.o.cfg.Log)
	}
}

// answer answers one event as an operation: when it is let in, with a deadline, an allowance, a
// price and loaders of its own. What cannot be paid for now the event is told without.
func (s *subscription) answer(ctx context.Context, turn resolvers.Turn) *graphql.Response {
	let, err := s.o.lanes.enter(ctx, auth.Key(ctx))
	if err != nil {
		s.over = true
		return nil // the client has left
	}
	defer let.Leave()
	r := &run{o: s.o, kind: "subscription", start: time.Now(), event: s.event}
	ctx = admission.With(rest.WithAllowance(ctx, s.o.cfg.Limits.Read), let)
	if modeFrom(ctx) == modeActual {
		ctx, r.bill = rest.WithBill(ctx)
	}
	ctx, r.cancel = context.WithTimeout(graphql.WithFieldContext(ctx, copied(turn.Field)), s.o.cfg.Timeout)
	if !s.free || r.bill != nil {
		r.price = plan.From(ctx).Price(graphql.GetOperationContext(ctx).Variables, s.o.facts(ctx))
		ctx = loader.WithChoices(ctx, r.price.Choices)
	}
	resp := s.responses(ctx)
	switch {
	case resp != nil:
		s.id = turn.ID
		s.event.answered()
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded): // what it came to is not known
		resp = s.last(refusal(codeTimeout, "This took too long."))
	default:
		s.over = true
	}
	r.note(ctx, resp)
	return resp
}

// copied returns f for one event: the library hangs it below where it is used.
func copied(f *graphql.FieldContext) *graphql.FieldContext {
	c := *f
	return &c
}
