package sim

import (
	"encoding/base64"
	"strings"
	"time"
)

// reservation keeps a number of the pool for whoever made it, until its time is up.
type reservation struct {
	number string
	holder string
	till   time.Time
}

// How long a reservation may last: the least, and the most by whom it is made.
const (
	minReservation = 30 * time.Second
	maxBySession   = 20 * time.Minute
	maxByBrand     = 30 * 24 * time.Hour
)

// id is opaque to clients, and holds what the upstream's is said to: the type, whose, which, until when.
func (r *reservation) id() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{"session", r.holder, r.number, timestamp(r.till)}, " ")))
}

// holder names who reserves: one person with one app.
func (c *call) holder() string { return formatID(c.grant.person) + " " + c.grant.app.id }

// reserved returns the reservation that holds a number now, or nil.
func (p *numberPool) reserved(number string, now time.Time) *reservation {
	r := p.reservations[number]
	if r == nil || !now.Before(r.till) {
		return nil
	}
	return r
}

// reservedByOther returns the reservation that keeps a number from who has neither made it nor its id.
func (p *numberPool) reservedByOther(number, holder, id string, now time.Time) *reservation {
	r := p.reserved(number, now)
	if r == nil || r.holder == holder || id != "" && r.id() == id {
		return nil
	}
	return r
}

// byID returns the reservation with an id, unless its time is up.
func (p *numberPool) byID(id string, now time.Time) *reservation {
	for number := range p.reservations {
		if r := p.reserved(number, now); r != nil && r.id() == id {
			return r
		}
	}
	return nil
}

// reservationArg is one number to reserve. Without a time, or with null, it is to be let go.
type reservationArg struct {
	PhoneNumber   string `json:"phoneNumber"`
	ReservedTill  string `json:"reservedTill"`
	ReservationID string `json:"reservationId"`
}

// reservationResult is what became of one number.
type reservationResult struct {
	PhoneNumber     string `json:"phoneNumber"`
	FormattedNumber string `json:"formattedNumber,omitempty"`
	ReservedTill    string `json:"reservedTill,omitempty"`
	ReservationID   string `json:"reservationId,omitempty"`
	Status          string `json:"status"`
	Error           string `json:"error,omitempty"`
}

type reservationResults struct {
	Records []reservationResult `json:"records"`
}

// reservePhoneNumbers takes one number, as the description of 2018 has it, or the records of that of 2017. What fails for one
// number is told in its record.
func (s *Server) reservePhoneNumbers(c *call) reply {
	var in struct {
		reservationArg
		Records []reservationArg `json:"records"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	asked := in.Records
	if asked == nil {
		asked = []reservationArg{in.reservationArg}
	}
	if len(asked) == 0 {
		return refused(*missing("records"))
	}
	times := make([]time.Time, len(asked))
	for i, a := range asked {
		var p *problem
		if times[i], p = a.check(c.start); p != nil {
			return refused(*p)
		}
	}
	s.company.pool.stock(c.start)
	out := reservationResults{Records: []reservationResult{}}
	for i, a := range asked {
		out.Records = append(out.Records, s.company.reserve(a, times[i], c.holder(), c.start))
	}
	return found(out)
}

// check reads until when a number is to be reserved: the zero time to let it go.
func (a reservationArg) check(now time.Time) (till time.Time, p *problem) {
	number := "+" + strings.TrimPrefix(a.PhoneNumber, "+")
	switch {
	case a.PhoneNumber == "":
		return till, missing("phoneNumber")
	case !e164.MatchString(number):
		return till, invalid("phoneNumber")
	}
	switch a.ReservedTill {
	case "":
		return till, nil
	case "Min":
		return now.Add(minReservation), nil
	case "Max":
		return now.Add(maxBySession), nil
	}
	till, err := time.Parse(time.RFC3339, a.ReservedTill)
	if left := till.Sub(now); err != nil || left < minReservation || left > maxBySession {
		return till, invalid("reservedTill")
	}
	return till, nil
}

// reserve keeps a number for holder until till, or lets it go.
func (co *company) reserve(a reservationArg, till time.Time, holder string, now time.Time) reservationResult {
	number := "+" + strings.TrimPrefix(a.PhoneNumber, "+")
	out := reservationResult{PhoneNumber: number, FormattedNumber: domestic(number), Status: "Enabled"}
	n := co.pool.dialable[number]
	switch {
	case co.dialable[number] != nil:
		out.Status, out.Error = "Disabled", "NumberIsAlreadyProvisioned"
		return out
	case n == nil:
		out.Status, out.Error = "Disabled", "NumberNotAvailable"
		return out
	case co.pool.reservedByOther(number, holder, a.ReservationID, now) != nil:
		out.Error = "NumberReserved"
		return out
	case till.IsZero():
		delete(co.pool.reservations, number)
		return out
	}
	if n.slow {
		out.Status = "Pending"
	}
	r := &reservation{number: number, holder: holder, till: till}
	if old := co.pool.reserved(number, now); old != nil {
		r.holder = old.holder // whoever has the id prolongs it, and it stays whose it was
	}
	co.pool.reservations[number] = r
	out.ReservedTill, out.ReservationID = timestamp(till), r.id()
	return out
}

// claim says which number is bought, by itself, by its reservation or by both, and whether nothing stands in the way. The errors
// of a purchase are not published: these are the generic ones.
func (co *company) claim(number, reservationID, holder string, now time.Time) (string, *problem) {
	co.pool.stock(now)
	if number == "" && reservationID == "" {
		return "", missing("phoneNumber")
	}
	if reservationID != "" {
		r := co.pool.byID(reservationID, now)
		if r == nil || number != "" && r.number != "+"+strings.TrimPrefix(number, "+") {
			return "", invalid("reservationId")
		}
		number = r.number
	}
	if co.pool.reservedByOther("+"+strings.TrimPrefix(number, "+"), holder, reservationID, now) != nil {
		return "", invalid("phoneNumber")
	}
	return number, nil
}

// bought ends the reservation of a number that the company has now.
func (p *numberPool) bought(number string) { delete(p.reservations, number) }
