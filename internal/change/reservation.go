package change

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// Why a number of the pool is not reserved, or not let go.
const (
	NumberAlreadyProvisioned UserErrorCode = "NUMBER_IS_ALREADY_PROVISIONED"
	NumberReserved           UserErrorCode = "NUMBER_RESERVED"
	NumberNotAvailable       UserErrorCode = "NUMBER_NOT_AVAILABLE"
)

var reservationErrors = map[rest.ReservationError]UserError{
	rest.NumberIsAlreadyProvisioned: {Code: NumberAlreadyProvisioned, Message: "The number is in use: an account has it."},
	rest.NumberReserved:             {Code: NumberReserved, Message: "The number is reserved for somebody else."},
	rest.NumberNotAvailable:         {Code: NumberNotAvailable, Message: "The number is not to be had."},
}

// ReservationTerm stands for a time: as short, or as long, as a reservation can be.
type ReservationTerm string

// The terms.
const (
	Shortest ReservationTerm = "MIN"
	Longest  ReservationTerm = "MAX"
)

// Reserve is a number to be reserved: until a time, or for a term, which is the longest
// unless it is said.
type Reserve struct {
	PhoneNumber   string
	Till          rest.DateTime
	Term          ReservationTerm
	ReservationID string
}

// ReservationResult is what became of one number.
type ReservationResult struct {
	PhoneNumber string
	Reservation *rest.Reservation // nil when it is not reserved, or not known to be
	Outcome     MutationOutcome
	UserErrors  []*UserError
}

// ReservationsResult is what became of several.
type ReservationsResult struct {
	Results    []*ReservationResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

// mostReservations is as many as there are calls for in a minute.
const mostReservations = 40

// reservationFields says which input field the upstream means by a parameter.
var reservationFields = map[string]string{"phoneNumber": "phoneNumber", "reservedTill": "reservedTill", "reservationId": "reservationId"}

// ReservePhoneNumbers reserves numbers of the pool. A call whose answer is lost stays
// unknown: nothing tells what is reserved.
func (c *Changer) ReservePhoneNumbers(ctx context.Context, asked []Reserve) (*ReservationsResult, error) {
	asks := make([]rest.Reserve, len(asked))
	bad := make([]*UserError, len(asked))
	for i, a := range asked {
		asks[i], bad[i] = a.ask(time.Now())
	}
	return c.reserve(ctx, asks, bad, func(r *rest.Reservation) bool { return r.ReservedTill != "" || r.ReservationID != "" })
}

// UnreservePhoneNumbers lets numbers of the pool go. One that is not reserved is as it
// was wished, which the upstream does not tell apart.
func (c *Changer) UnreservePhoneNumbers(ctx context.Context, asked []Reserve) (*ReservationsResult, error) {
	asks := make([]rest.Reserve, len(asked))
	for i, a := range asked {
		asks[i] = rest.Reserve{PhoneNumber: a.PhoneNumber, ReservationID: a.ReservationID}
	}
	return c.reserve(ctx, asks, make([]*UserError, len(asked)), func(r *rest.Reservation) bool { return r.ReservedTill == "" })
}

// ask is a as the upstream is told it.
func (a Reserve) ask(now time.Time) (rest.Reserve, *UserError) {
	out := rest.Reserve{PhoneNumber: a.PhoneNumber, ReservedTill: rest.LongestReservation, ReservationID: a.ReservationID}
	switch {
	case a.Till != "" && a.Term != "":
		return out, invalid("reservedTill", "Give a time or a term, not both.")
	case a.Till != "":
		till, err := time.Parse(time.RFC3339, string(a.Till))
		if err != nil || !till.After(now) {
			return out, invalid("reservedTill", "This is no time to come in ISO 8601 form, such as 2030-01-02T03:04:05Z.")
		}
		out.ReservedTill = string(a.Till)
	case a.Term == Shortest:
		out.ReservedTill = rest.ShortestReservation
	}
	return out, nil
}

// reserve sends each of asks that is not known to be bad, each once, and says what became
// of it: done tells whether an answer without an error is what was wished.
func (c *Changer) reserve(ctx context.Context, asks []rest.Reserve, bad []*UserError, done func(*rest.Reservation) bool) (*ReservationsResult, error) {
	switch {
	case len(asks) == 0:
		return &ReservationsResult{Outcome: Rejected, UserErrors: []*UserError{invalid("items", "There is nothing to do.")}}, nil
	case len(asks) > mostReservations:
		return &ReservationsResult{Outcome: Rejected, UserErrors: []*UserError{invalid("items", fmt.Sprintf("At most %d numbers at once.", mostReservations))}}, nil
	}
	checkNumbers(asks, bad)
	ctx, calls := rest.WithCalls(ctx)
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	results, errs := make([]*ReservationResult, len(asks)), make([]error, len(asks))
	var good []rest.Reserve
	var places []int
	for i, ask := range asks {
		results[i] = &ReservationResult{PhoneNumber: ask.PhoneNumber, Outcome: Rejected}
		if bad[i] != nil {
			results[i].UserErrors = []*UserError{bad[i]}
			continue
		}
		good, places = append(good, ask), append(places, i)
	}
	for k, r := range c.REST.ReservePhoneNumbers(sctx, good) {
		i := places[k]
		errs[i] = results[i].settle(r, done)
	}
	if err := nothingSent(results, errs); err != nil {
		return nil, err
	}
	outcomes := make([]MutationOutcome, len(results))
	for i, r := range results {
		r.UserErrors, outcomes[i] = below(r.UserErrors, "items", strconv.Itoa(i)), r.Outcome
	}
	return &ReservationsResult{Results: results, Outcome: summaryOf(outcomes), Calls: callsOf(calls)}, nil
}

// checkNumbers refuses numbers that cannot be any, and those that stand twice: which of
// them is meant nobody can say.
func checkNumbers(asks []rest.Reserve, bad []*UserError) {
	first := map[string]int{}
	for i, a := range asks {
		j, again := first[a.PhoneNumber]
		switch {
		case bad[i] != nil:
		case !e164.MatchString(a.PhoneNumber):
			bad[i] = invalid("phoneNumber", "A phone number is written in E.164 form: +, country code, number, at most 15 digits.")
		case again:
			bad[i] = invalid("phoneNumber", fmt.Sprintf("Item %d is about the same number.", j))
			if bad[j] == nil {
				bad[j] = invalid("phoneNumber", fmt.Sprintf("Item %d is about the same number.", i))
			}
		default:
			first[a.PhoneNumber] = i
		}
	}
}

// settle says what became of the number: what the upstream refuses for it stands in an
// answer that is otherwise good. It returns a failure that is not for a reason of the domain.
func (out *ReservationResult) settle(r rest.Result[*rest.Reservation], done func(*rest.Reservation) bool) error {
	switch {
	case lost(r.Err):
		out.Outcome = Unknown
		out.UserErrors = []*UserError{{Code: OutcomeUnknown, Message: "RingCentral's answer was lost, and nothing tells what is reserved. It does no harm to try again."}}
		return nil
	case r.Err != nil:
		u := refusal(r.Err, reservationFields)
		if u == nil {
			out.UserErrors = []*UserError{undone("sent", r.Err)}
			return r.Err
		}
		out.UserErrors = []*UserError{u}
		return nil
	}
	out.Reservation = r.Value
	switch u, known := reservationErrors[r.Value.Error]; {
	case known:
		u.RCCode, u.Field = string(r.Value.Error), []string{"phoneNumber"}
		out.UserErrors = []*UserError{&u}
	case r.Value.Error != "":
		out.UserErrors = []*UserError{{Code: Refused, RCCode: string(r.Value.Error), Field: []string{"phoneNumber"}, Message: "RingCentral refused it."}}
	case !done(r.Value):
		out.UserErrors = []*UserError{{Code: Refused, Message: "RingCentral did not do it, and does not say why."}}
	default:
		out.Outcome = Applied
	}
	return nil
}

// nothingSent returns the failure of sign-in, rights, budget or upstream that met every
// number that was to be sent.
func nothingSent(results []*ReservationResult, errs []error) (first error) {
	for i, err := range errs {
		switch {
		case err != nil && first == nil:
			first = err
		case err == nil && results[i].Outcome != Rejected, err == nil && results[i].Reservation != nil:
			return nil
		}
	}
	return first
}
