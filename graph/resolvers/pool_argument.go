package resolvers

import (
	"fmt"
	"regexp"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

// defaultOffers is how many numbers the upstream offers unless it is said.
const defaultOffers = 10

// offers reads how many numbers are wanted.
func (r *Resolver) offers(first *int) (int, error) {
	most := rest.MostPerPage
	if r.MostRows > 0 {
		most = min(most, r.MostRows)
	}
	switch {
	case first == nil:
		return min(defaultOffers, most), nil
	case *first < 0:
		return 0, in("first", &model.InputError{Reason: "must not be negative"})
	case *first > most:
		return 0, in("first", &model.InputError{Reason: fmt.Sprintf("must be at most %d", most)})
	}
	return *first, nil
}

var (
	dialPattern = regexp.MustCompile(`^[0-9A-Za-z*]*$`)
	dialDigits  = regexp.MustCompile(`^[0-9]+$`)
)

// availableFilter checks what the upstream is known to refuse.
func availableFilter(f rest.AvailablePhoneNumberFilter) error {
	if f.NPA == "" && f.AreaCode == nil && f.ProviderID == nil {
		return in("filter.npa", &model.InputError{Reason: "must be given, or areaCode, unless providerId is"})
	}
	for field, pattern := range map[string]string{"nxx": f.NXX, "line": f.Line, "numberPattern": f.NumberPattern} {
		if !dialPattern.MatchString(pattern) {
			return in("filter."+field, &model.InputError{Reason: "must be digits, letters and *"})
		}
	}
	for _, digits := range f.Exclude {
		if !dialDigits.MatchString(digits) {
			return in("filter.exclude", &model.InputError{Reason: "must be digits each"})
		}
	}
	for _, p := range f.PaymentType {
		if p != rest.Local && p != rest.TollFree {
			return in("filter.paymentType", &model.InputError{Reason: "must be LOCAL or TOLL_FREE"})
		}
	}
	return nil
}

// reserves reads the input for numbers to reserve.
func reserves(input []*model.ReservePhoneNumberInput) []change.Reserve {
	out := make([]change.Reserve, len(input))
	for i, n := range input {
		out[i] = change.Reserve{PhoneNumber: n.PhoneNumber, Till: or(n.ReservedTill), Term: or(n.Term), ReservationID: or(n.ReservationID)}
	}
	return out
}

// unreserves reads the input for numbers to let go.
func unreserves(input []*model.UnreservePhoneNumberInput) []change.Reserve {
	out := make([]change.Reserve, len(input))
	for i, n := range input {
		out[i] = change.Reserve{PhoneNumber: n.PhoneNumber, ReservationID: or(n.ReservationID)}
	}
	return out
}
