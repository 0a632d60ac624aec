package model

import "github.com/ringql/ringql/internal/rest"

var phoneNumberTaskStatus = newEnum[rest.PhoneNumberTaskStatus]("PhoneNumberTaskStatus", "Accepted", "InProgress", "Completed", "Failed")
