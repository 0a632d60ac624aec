package model

import "github.com/ringql/ringql/internal/rest"

var reservationStatus = newEnum[rest.ReservationStatus]("ReservationStatus", "Enabled", "Pending", "Disabled")
