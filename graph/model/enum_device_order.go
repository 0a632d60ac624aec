package model

import "github.com/ringql/ringql/internal/rest"

var deviceOrderTaskStatus = newEnum[rest.DeviceOrderTaskStatus]("DeviceOrderTaskStatus", "Accepted", "Failed")
