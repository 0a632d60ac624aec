package model

import "github.com/ringql/ringql/internal/rest"

// The connections of the schema.
type (
	ExtensionConnection        = Connection[rest.Extension]
	ExtensionEdge              = Edge[rest.Extension]
	PhoneNumberConnection      = Connection[rest.PhoneNumber]
	PhoneNumberEdge            = Edge[rest.PhoneNumber]
	ForwardingNumberConnection = Connection[rest.ForwardingNumber]
	ForwardingNumberEdge       = Edge[rest.ForwardingNumber]
	DeviceConnection           = Connection[rest.Device]
	DeviceEdge                 = Edge[rest.Device]

	CallerBlockingNumberConnection = Connection[rest.CallerBlockingNumber]
	CallerBlockingNumberEdge       = Edge[rest.CallerBlockingNumber]
	BlockedNumberConnection        = Connection[rest.BlockedNumber]
	BlockedNumberEdge              = Edge[rest.BlockedNumber]
	LicenseConnection              = Connection[rest.License]
	LicenseEdge                    = Edge[rest.License]
	LicenseTypeConnection          = Connection[rest.LicenseType]
	LicenseTypeEdge                = Edge[rest.LicenseType]
	CountryConnection              = Connection[rest.Country]
	CountryEdge                    = Edge[rest.Country]
	CallQueueConnection            = Connection[rest.CallQueue]
	CallQueueEdge                  = Edge[rest.CallQueue]
	DeviceCatalogItemConnection    = Connection[rest.DeviceCatalogItem]
	DeviceCatalogItemEdge          = Edge[rest.DeviceCatalogItem]
	FreeExtensionNumberConnection  = Connection[rest.FreeExtensionNumber]
	FreeExtensionNumberEdge        = Edge[rest.FreeExtensionNumber]
)

// Account is an account as a place to start from: what its record holds is read
// when it is asked for, since its lists do not need it.
type Account struct {
	Path string // its id, or "~"
}

// Node is any object with a global id: the upstream's own structs among them, which
// know nothing of the schema.
type Node any
