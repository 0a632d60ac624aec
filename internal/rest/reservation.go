package rest

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/budget"
)

type (
	// ReservationStatus says whether a number of the pool is ready.
	ReservationStatus string
	// ReservationError is why a number is not reserved, or not let go.
	ReservationError string
)

// Why a number is not reserved.
const (
	NumberIsAlreadyProvisioned ReservationError = "NumberIsAlreadyProvisioned"
	NumberReserved             ReservationError = "NumberReserved"
	NumberNotAvailable         ReservationError = "NumberNotAvailable"
)

// Words that stand in for a time: as short, and as long, as a reservation can be.
const (
	ShortestReservation = "Min"
	LongestReservation  = "Max"
)

// Reserve names a number to be reserved until a time, or to be let go without one.
type Reserve struct {
	PhoneNumber   string `json:"phoneNumber"`
	ReservedTill  string `json:"reservedTill,omitzero"`
	ReservationID string `json:"reservationId,omitzero"`
}

// Reservation is what became of one number.
type Reservation struct {
	PhoneNumber     string            `json:"phoneNumber"`
	FormattedNumber string            `json:"formattedNumber"`
	ReservedTill    DateTime          `json:"reservedTill"`
	ReservationID   string            `json:"reservationId"`
	Status          ReservationStatus `json:"status"`
	Error           ReservationError  `json:"error"`
}

// RawStatus is Status as the upstream wrote it.
func (r *Reservation) RawStatus() string { return string(r.Status) }

var reservePhoneNumbers = op("reservePhoneNumbers",
	"POST /restapi/v1.0/number-pool/reserve", budget.Medium, Legacy, "NumberLookup")

// ReservePhoneNumbers reserves numbers of the pool, or lets them go, and returns what each
// came to. It is one number per call: that is what the last description of the operation
// has. The answer is a list all the same, and tells failures in its records.
func (c *Client) ReservePhoneNumbers(ctx context.Context, rs []Reserve) []Result[*Reservation] {
	out := make([]Result[*Reservation], len(rs))
	errs := c.each(ctx, reservePhoneNumbers, len(rs), func(ctx context.Context, i int) (err error) {
		out[i].Value, err = c.reservePhoneNumber(ctx, rs[i])
		return err
	})
	for i, err := range errs {
		out[i].Err = err
	}
	return out
}

func (c *Client) reservePhoneNumber(ctx context.Context, r Reserve) (*Reservation, error) {
	type records struct {
		Records []Reservation `json:"records"`
	}
	done, err := onlyWay(ctx, c, Own, reservePhoneNumbers, func() (*records, error) {
		return call[records](ctx, c, reservePhoneNumbers.at().send(r))
	})
	switch {
	case err != nil:
		return nil, err
	case len(done.Records) != 1 || !sameNumber(done.Records[0].PhoneNumber, r.PhoneNumber):
		return nil, nonsense(reservePhoneNumbers, fmt.Sprintf("%d records for one number", len(done.Records)))
	}
	return &done.Records[0], nil
}
