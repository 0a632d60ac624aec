package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

const (
	// Path is where RingCentral tells of events.
	Path = "/webhooks/ringcentral"
	// callTime bounds one call to RingCentral, the wait for its turn in the budget included.
	callTime = time.Minute
	// unseen is after what time without anybody who looked after a subscription it is taken to
	// have been without a gateway: RingCentral does not say for how long it repeats an event.
	unseen = 2 * time.Minute
	// noted is how often it is noted that somebody looks after it.
	noted = time.Minute
)

// errGone means that RingCentral has ended a subscription, or tells it nothing.
var errGone = errors.New("the subscription is gone")

// webhooks have RingCentral call the gateway.
//
// At any time one subscription of an account is current: the record says which. What another
// one tells is not taken, so that nothing that happened is told by two. A new one is made current
// before RingCentral is asked for it, and a gap is written once it tells.
type webhooks struct{ cfg *Config }

func (w *webhooks) hold(ctx context.Context, k *keep, p Person) error {
	k.set(Starting)
	sub, err := w.open(ctx, k, p)
	if err != nil {
		return err
	}
	k.set(Active)
	renew := renewal(sub, time.Now())
	check := time.Now().Add(w.cfg.Check)
	for {
		sleep(ctx, min(time.Until(renew), time.Until(check), noted))
		if err := ctx.Err(); err != nil {
			return err
		}
		now, do := time.Now(), w.cfg.REST.ReadSubscription
		renewed := !now.Before(renew)
		switch {
		case renewed:
			do = w.cfg.REST.RenewSubscription
		case now.Before(check):
			if err := k.note(ctx, sub.ID); err != nil {
				w.drop(ctx, p, sub.ID)
				return err
			}
			continue
		}
		sub, err := w.ask(ctx, p, sub.ID, do)
		if err != nil {
			return err
		}
		check = time.Now().Add(w.cfg.Check)
		if next := renewal(sub, time.Now()); renewed || next.Before(renew) {
			renew = next
		}
	}
}

// note says that somebody looks after the subscription.
func (k *keep) note(ctx context.Context, id string) error {
	r, err := k.records.load(ctx, k.account)
	if err != nil {
		return nil //nolint:nilerr // the store is away: it is noted later
	}
	if r == nil || r.ID != id {
		return errGone // it was forgotten, or another replica that had the lease made one: what this one tells is not taken
	}
	_ = k.save(ctx, r)
	return nil
}

// save puts r in place of what is known of the account, unless another replica looks after it
// by now.
func (k *keep) save(ctx context.Context, r *record) error {
	if err := k.lease.sure(ctx); err != nil {
		return err
	}
	return k.records.save(ctx, k.account, r)
}

// renewal is when a subscription is to be renewed: at half its life.
func renewal(sub *rest.Subscription, now time.Time) time.Time {
	life := time.Duration(sub.ExpiresIn) * time.Second
	if life <= 0 {
		life = time.Hour // it is not told
	}
	return now.Add(max(life/2, 10*time.Second))
}

// open returns the subscription of the account: the one that there is, or a new one.
func (w *webhooks) open(ctx context.Context, k *keep, p Person) (*rest.Subscription, error) {
	r, err := k.records.load(ctx, k.account)
	if err != nil {
		return nil, err
	}
	if r != nil && r.ID != "" && r.Nonce != "" {
		// Whoever can read it is the one who asked for it, with whichever token: it is no other's.
		sub, err := w.ask(ctx, p, r.ID, w.cfg.REST.ReadSubscription)
		switch {
		case err == nil && w.comes(sub, r.Nonce):
			r.Who = sum(p.Key)
			return sub, w.adopt(ctx, k, r)
		case err != nil && !errors.Is(err, errGone) && (r.mine(p) || !k.refused(err)): // another's may be refused
			return nil, err
		case err == nil || r.mine(p):
			w.drop(ctx, p, r.ID)
		}
	}
	return w.create(ctx, k, p, r.why())
}

// comes says whether what a subscription tells comes here, and can be known to be RingCentral's:
// the settings may be others than when it was made.
func (w *webhooks) comes(sub *rest.Subscription, nonce string) bool {
	return accountOfNonce(w.cfg.Secret, nonce) != "" && (sub.DeliveryMode.Address == "" || sub.DeliveryMode.Address == w.address(nonce))
}

// address is where RingCentral calls the gateway.
func (w *webhooks) address(nonce string) string { return w.cfg.URL + Path + "?s=" + nonce }

// adopt looks after a subscription that another replica, or this gateway before, had made.
func (w *webhooks) adopt(ctx context.Context, k *keep, r *record) error {
	why := r.Gap
	if why == "" && time.Since(r.Seen).Abs() > unseen { // the clocks of two replicas may differ
		why = Interrupted
	}
	return k.settle(ctx, r, why)
}

// settle writes the gap that is due, if one is, and then that it is not any more.
func (k *keep) settle(ctx context.Context, r *record, why Reason) error {
	if why != "" {
		if err := k.gap(ctx, why); err != nil {
			return err
		}
	}
	r.Gap = ""
	return k.save(ctx, r)
}

// create has RingCentral make a subscription.
func (w *webhooks) create(ctx context.Context, k *keep, p Person, why Reason) (*rest.Subscription, error) {
	r := &record{Nonce: newNonce(w.cfg.Secret, k.account), Who: sum(p.Key), Told: why == Interrupted}
	if err := k.save(ctx, r); err != nil { // from now on what it tells is taken, and nothing else
		return nil, err
	}
	address := w.address(r.Nonce)
	call, cancel := acting(ctx, p)
	defer cancel()
	ask := func() (*rest.Subscription, error) {
		return w.cfg.REST.CreateSubscription(call, &rest.SubscriptionRequest{
			EventFilters: filters, ExpiresIn: int(w.cfg.Life / time.Second),
			DeliveryMode: rest.DeliveryMode{TransportType: "WebHook", Address: address, VerificationToken: verificationToken(w.cfg.Secret, r.Nonce)},
		})
	}
	sub, err := ask()
	switch {
	case errors.Is(err, rest.ErrLost):
		sub, err = w.find(call, address, err)
	case full(err) && w.clear(call, p, k.account, address):
		sub, err = ask()
	}
	switch {
	case err != nil:
		return nil, unreachable(err)
	case len(sub.DisabledFilters) > 0:
		w.drop(ctx, p, sub.ID)
		return nil, disabled(sub)
	}
	r.ID, r.Told, r.Gap = sub.ID, true, why // whoever goes on from here, should this replica die, knows what is left to do
	if err := k.save(ctx, r); err != nil {
		return nil, err
	}
	return sub, k.settle(ctx, r, why)
}

// find looks whether a subscription was made although no answer came.
func (w *webhooks) find(ctx context.Context, address string, lost error) (*rest.Subscription, error) {
	all, err := w.cfg.REST.ListSubscriptions(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].DeliveryMode.Address == address {
			return &all[i], nil
		}
	}
	return nil, lost
}

// full says whether somebody has as many subscriptions as they can have.
func full(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && e.Code == "SUB-505"
}

// clear has RingCentral forget those subscriptions of an account that the gateway has left behind:
// when it was killed, and when another person's took their place. It says whether there were any.
func (w *webhooks) clear(ctx context.Context, p Person, account, address string) bool {
	all, err := w.cfg.REST.ListSubscriptions(ctx)
	if err != nil {
		return false
	}
	n, ours := 0, w.cfg.URL+Path+"?s="+account+"."
	for i := range all {
		if at := all[i].DeliveryMode.Address; at != address && strings.HasPrefix(at, ours) {
			w.drop(ctx, p, all[i].ID)
			n++
		}
	}
	return n > 0
}

// unreachable tells RingCentral's complaint about the gateway's own address from others.
func unreachable(err error) error {
	if e, ok := errors.AsType[*rest.Error](err); ok {
		switch e.Code {
		case "SUB-520", "SUB-521", "SUB-523", "SUB-524", "SUB-525":
			return fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
	}
	return err
}

// disabled is why a subscription does not tell all that it was asked to.
func disabled(sub *rest.Subscription) error {
	f := sub.DisabledFilters[0]
	return &rest.Error{Op: "createSubscription", Status: http.StatusForbidden, Code: f.Reason, Message: f.Filter + " is not told: " + f.Message}
}

// ask reads or renews a subscription. errGone means that it tells nothing any more.
func (w *webhooks) ask(ctx context.Context, p Person, id string, do func(context.Context, string) (*rest.Subscription, error)) (*rest.Subscription, error) {
	call, cancel := acting(ctx, p)
	defer cancel()
	sub, err := do(call, id)
	switch {
	case errors.Is(err, rest.ErrNotFound), errors.Is(err, rest.ErrNotServed): // an unknown id is an "invalid URI"
		return nil, fmt.Errorf("%w: %w", errGone, withoutClass(err))
	case err != nil:
		return nil, err
	case sub.Status != "Active":
		return nil, fmt.Errorf("%w: it is %s", errGone, sub.Status)
	}
	return sub, nil
}

// withoutClass keeps the text of an error alone.
func withoutClass(err error) error { return errors.New(err.Error()) } //nolint:err113 // it is that of another

// drop has RingCentral forget a subscription. If that fails, it ends by itself, and what it
// tells is not taken.
func (w *webhooks) drop(ctx context.Context, p Person, id string) {
	call, cancel := acting(ctx, p)
	defer cancel()
	if err := w.cfg.REST.DeleteSubscription(call, id); err != nil && !errors.Is(err, rest.ErrNotFound) && !errors.Is(err, rest.ErrNotServed) {
		w.cfg.Log.Info("a subscription that is not used any more was not deleted", "cause", err)
	}
}

func (w *webhooks) end(ctx context.Context, k *keep, p Person) error {
	r, err := k.records.load(ctx, k.account)
	if err != nil || !r.mine(p) {
		return err
	}
	if err := k.save(ctx, nil); err != nil {
		return err
	}
	return w.cfg.REST.DeleteSubscription(ctx, r.ID)
}

// acting returns a context that acts for p and ends with ctx.
func acting(ctx context.Context, p Person) (context.Context, context.CancelFunc) {
	call, cancel := context.WithTimeout(p.Context, callTime)
	stop := context.AfterFunc(ctx, cancel)
	return call, func() {
		stop()
		cancel()
	}
}

// gap says in the log that events may be missing. It is there when this returns nil.
func (k *keep) gap(ctx context.Context, why Reason) error {
	g := newGap(why)
	for {
		_, err := k.cfg.Bus.Publish(ctx, k.account, g)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		sleep(ctx, pause)
	}
}
