package sim

import (
	"fmt"
	"net/http"
	"strings"
)

// problem is one entry of `errors`, with the status it calls for.
type problem struct {
	status         int
	ErrorCode      string `json:"errorCode"`
	Message        string `json:"message"`
	ParameterName  string `json:"parameterName,omitempty"`
	PermissionName string `json:"permissionName,omitempty"`
}

func missing(parameter string) *problem {
	return &problem{status: http.StatusBadRequest, ErrorCode: "CMN-100", ParameterName: parameter,
		Message: fmt.Sprintf("Mandatory parameter [%s] not specified", parameter)}
}

func invalid(parameter string) *problem {
	return &problem{status: http.StatusBadRequest, ErrorCode: "CMN-101", ParameterName: parameter,
		Message: fmt.Sprintf("Parameter [%s] value is invalid", parameter)}
}

func notFound(parameter string) *problem {
	return &problem{status: http.StatusNotFound, ErrorCode: "CMN-102", ParameterName: parameter,
		Message: fmt.Sprintf("Resource for parameter [%s] is not found", parameter)}
}

func tooMany(limit int) *problem {
	return &problem{status: http.StatusBadRequest, ErrorCode: "CMN-106",
		Message: fmt.Sprintf("Batch request is limited to %d entries", limit)}
}

func appNeeds(scope string) *problem {
	return &problem{status: http.StatusForbidden, ErrorCode: "CMN-401", PermissionName: scope,
		Message: fmt.Sprintf("In order to call this API endpoint, application needs to have [%s] permission", scope)}
}

// userNeeds names the first permission, where any of several would do.
func userNeeds(permission string) *problem {
	permission, _, _ = strings.Cut(permission, "|")
	return &problem{status: http.StatusForbidden, ErrorCode: "CMN-408", PermissionName: permission,
		Message: fmt.Sprintf("In order to call this API endpoint, user needs to have [%s] permission for requested resource.", permission)}
}

func userNeedsForOthers(permission string) *problem {
	permission, _, _ = strings.Cut(permission, "|")
	return &problem{status: http.StatusForbidden, ErrorCode: "CMN-419", PermissionName: permission,
		Message: fmt.Sprintf("In order to call this API endpoint for another extension, user needs to have [%s] permission granted with extended scope", permission)}
}

func wrongExtensionType() *problem {
	return &problem{status: http.StatusForbidden, ErrorCode: "CMN-403", Message: "The feature is not available for this extension type"}
}

func unauthorized(code, message string) *problem {
	return &problem{status: http.StatusUnauthorized, ErrorCode: code, Message: message}
}

// envelope is the body of a refusal. The v1.0 form repeats the first problem at the top; v2 has the list alone.
type envelope struct {
	ErrorCode      string    `json:"errorCode,omitempty"`
	Message        string    `json:"message,omitempty"`
	Errors         []problem `json:"errors"`
	ParameterName  string    `json:"parameterName,omitempty"`
	PermissionName string    `json:"permissionName,omitempty"`
}

func newEnvelope(e era, problems []problem) envelope {
	if e == v2 {
		return envelope{Errors: problems}
	}
	first := problems[0]
	return envelope{
		ErrorCode:      topCode(first.ErrorCode),
		Message:        first.Message,
		Errors:         problems,
		ParameterName:  first.ParameterName,
		PermissionName: first.PermissionName,
	}
}

// topCode returns the word that v1.0 puts at the top in place of some codes. No list of them is published; these were seen in
// the wild, and a client has to cope with both forms.
func topCode(code string) string {
	switch code {
	case "CMN-101":
		return "InvalidParameter"
	case "CMN-401":
		return "InsufficientPermissions"
	case "CMN-211":
		return "MaintenanceMode"
	case "OAU-128", "OAU-129", "OAU-149", "OAU-213":
		return "TokenInvalid"
	}
	return code
}
