package model

import "github.com/ringql/ringql/internal/rest"

// The enumerations of what is asked of extensions, and of what users may do.
var (
	pronouncedNameType = newEnum[rest.PronouncedNameType]("PronouncedNameType", "Default", "TextToSpeech", "Recorded")

	permissionScope = newEnum[rest.PermissionScope]("PermissionScope", "Account", "AllExtensions", "Federation", "NonUserExtensions",
		"RoleBased", "Self", "UserExtensions")
	permissionSiteCompatible = newEnum[rest.PermissionSiteCompatible]("PermissionSiteCompatible", "Compatible", "Incompatible", "Independent")
)
