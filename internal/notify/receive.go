package notify

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// mostBody bounds one event, in bytes, however it is told: they have about a thousand, and
	// many are kept.
	mostBody = 16 << 10
	// longestToken bounds a Validation-Token, which is sent back: the whole answer may have
	// 1,024 bytes.
	longestToken = 256
	// receiveTime is within what time an event is written. RingCentral waits for 3 seconds.
	receiveTime = 2 * time.Second
)

// Outcome is what came of something that RingCentral, or somebody else, told.
type Outcome string

// The outcomes.
const (
	Taken    Outcome = "taken"    // it was written
	Again    Outcome = "again"    // it had been before
	Unasked  Outcome = "unasked"  // it is nothing that was asked for
	Outdated Outcome = "outdated" // by a subscription that is not used any more
	Forged   Outcome = "forged"   // by somebody who does not know the verification token
	Invalid  Outcome = "invalid"  // it cannot be read
	Failed   Outcome = "failed"   // it could not be written, and is to be told again
)

// Outcomes lists them all.
var Outcomes = []Outcome{Taken, Again, Unasked, Outdated, Forged, Invalid, Failed}

// counts counts outcomes.
type counts [7]atomic.Int64

func (c *counts) add(o Outcome) {
	for i := range Outcomes {
		if Outcomes[i] == o {
			c[i].Add(1)
		}
	}
}

// ServeHTTP takes what RingCentral tells: an event is written before it is acknowledged, and
// a handshake is answered for a subscription that is being made.
// https://developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks
func (e *Events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), receiveTime)
	defer cancel()
	w.WriteHeader(e.receive(ctx, w.Header(), r))
}

// Caller returns what a request to Path is counted by, where requests are: the address that it
// comes to, if that is one RingCentral was told, and "" for one that was made up. Whoever shows
// the token of the address too is RingCentral.
func (e *Events) Caller(r *http.Request) (address string, verified bool) {
	nonce, account := e.addressed(r)
	if account == "" {
		return "", false
	}
	return nonce, e.verified(r, nonce)
}

// addressed returns the nonce that r comes to, and the account it is about: "" if there is no
// such address.
func (e *Events) addressed(r *http.Request) (nonce, account string) {
	if e.cfg.Via != Webhook {
		return "", ""
	}
	nonce = r.URL.Query().Get("s")
	return nonce, accountOfNonce(e.cfg.Secret, nonce)
}

// validating is the header of a handshake. The newest page of the guide has it with events too,
// in place of verifying, which is that of the API reference.
const validating, verifying = "Validation-Token", "Verification-Token"

// verified says whether r shows the token that RingCentral was given for the address of a nonce.
func (e *Events) verified(r *http.Request, nonce string) bool {
	token := string(verificationToken(e.cfg.Secret, nonce))
	return same(r.Header.Get(verifying), token) || same(r.Header.Get(validating), token)
}

// receive returns the status of the answer.
func (e *Events) receive(ctx context.Context, answer http.Header, r *http.Request) int {
	nonce, account := e.addressed(r)
	if account == "" {
		return http.StatusNotFound
	}
	validation, verified := r.Header.Get(validating), e.verified(r, nonce)
	if validation == "" && !verified {
		e.counts.add(Forged)
		return http.StatusUnauthorized
	}
	rec, err := e.keeper.records.load(ctx, account)
	switch {
	case err != nil:
		e.counts.add(Failed)
		return http.StatusServiceUnavailable
	case rec == nil || !same(nonce, rec.Nonce):
		e.counts.add(Outdated)
		return http.StatusGone
	case validation != "" && (!verified || r.ContentLength == 0 || r.Header.Get(verifying) != ""):
		return handshake(answer, validation)
	}
	return e.deliver(ctx, account, r)
}

// handshake gives back the token of a handshake.
func handshake(answer http.Header, token string) int {
	if len(token) > longestToken {
		return http.StatusBadRequest
	}
	answer.Set(validating, token)
	return http.StatusOK
}

// deliver writes what r tells of an account.
func (e *Events) deliver(ctx context.Context, account string, r *http.Request) int {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		e.counts.add(Invalid)
		return http.StatusUnsupportedMediaType // no upstream of ours: it has always been JSON
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, mostBody+1))
	if err != nil {
		e.counts.add(Failed)
		return http.StatusBadRequest
	}
	outcome, err := e.take(ctx, account, b)
	if outcome == Invalid {
		err = e.lose(ctx, account)
	}
	if err != nil {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK // also of what cannot be read: it would be the same the next time
}

// take writes what RingCentral tells of an account, once.
func (e *Events) take(ctx context.Context, account string, b []byte) (Outcome, error) {
	outcome, err := e.write(ctx, account, b)
	e.counts.add(outcome)
	return outcome, err
}

func (e *Events) write(ctx context.Context, account string, b []byte) (Outcome, error) {
	if len(b) > mostBody {
		return Invalid, nil
	}
	of, event, err := parse(b)
	switch {
	case errors.Is(err, errUnasked):
		return Unasked, nil
	case err != nil:
		return Invalid, nil //nolint:nilerr // that is what came of it
	case of != account:
		return Unasked, nil
	}
	n, err := e.cfg.Bus.Publish(ctx, account, event)
	switch {
	case err != nil:
		return Failed, err
	case n == 0:
		return Again, nil
	}
	e.told.Store(time.Now().UnixNano())
	e.cfg.REST.Changed(ctx, stale(account, &event))
	return Taken, nil
}

// lose writes a gap in place of something that cannot be read.
func (e *Events) lose(ctx context.Context, account string) error {
	_, err := e.cfg.Bus.Publish(ctx, account, newGap(Interrupted))
	return err
}
