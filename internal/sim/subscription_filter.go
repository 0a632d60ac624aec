package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// What the events are called in filters, with the ids of whom they are about.
const (
	accountPath         = "/restapi/v1.0/account/" + AccountID
	contactCenter       = "ContactCenterNumber"
	contactCenterEvents = accountPath + "/phone-number?usageType=" + contactCenter
	extensionEvents     = accountPath + "/extension"
)

func eventsOf(e *extension) string { return extensionEvents + "/" + formatID(e.id) }

// filter is one that was understood: its name, and what the person needs for it. All need ReadAccounts of the app.
type filter struct{ name, permission string }

// checkFilters sets what the subscription is told of. Filters that the subscriber may not use are left out, as long as there are
// others.
func (s *Server) checkFilters(c *call, sub *subscription, in subscriptionArgs) *problem {
	if in.EventFilters == nil {
		return missing("eventFilters")
	}
	var unknown, names []string
	var disabled []disabledFilter
	for _, text := range in.EventFilters {
		f, p := s.company.filter(text, c.person)
		if p != nil {
			return p
		}
		reason := c.barredFrom(f)
		switch {
		case f.name == "":
			unknown = append(unknown, text)
		case reason != nil:
			disabled = append(disabled, disabledFilter{f.name, reason.ErrorCode, reason.Message})
		case !slices.Contains(names, f.name):
			names = append(names, f.name)
		}
	}
	if unknown != nil || len(in.EventFilters) == 0 {
		return &problem{status: http.StatusBadRequest, ErrorCode: "SUB-508", ParameterName: "eventFilters",
			Message: fmt.Sprintf("Invalid event filters: [%s]", strings.Join(unknown, ", "))}
	}
	if names == nil {
		return &problem{status: http.StatusForbidden, ErrorCode: disabled[0].Reason, Message: disabled[0].Message}
	}
	sub.filters, sub.disabled = names, disabled
	return nil
}

// filter reads one: those there are here are a part of the vendor's. The zero filter is one that is not known.
func (co *company) filter(text string, person *extension) (filter, *problem) {
	path, condition, _ := strings.Cut(text, "?")
	segments := strings.Split(path, "/")
	if len(segments) < 6 || !strings.HasPrefix(path, "/restapi/v1.0/account/") {
		return filter{}, nil
	}
	if id := segments[4]; id != "~" && id != AccountID {
		return filter{}, foreign()
	}
	switch {
	case len(segments) == 6 && segments[5] == "phone-number" && condition == "usageType="+contactCenter:
		return filter{contactCenterEvents, "ReadCompanyPhoneNumbers"}, nil
	case segments[5] != "extension" || condition != "" || len(segments) > 7:
		return filter{}, nil
	case len(segments) == 6:
		return filter{extensionEvents, "ReadExtensions"}, nil
	}
	e := person
	if id := segments[6]; id != "~" {
		e = co.extension[parseID(id)]
	}
	if e == nil {
		return filter{}, foreign() // whose it is, nobody here knows
	}
	return filter{eventsOf(e), "ReadExtensions"}, nil
}

func foreign() *problem {
	return &problem{status: http.StatusForbidden, ErrorCode: "SUB-406",
		Message: "Not allowed subscribe for events to extensions of other account"}
}

// barredFrom says why the caller may not use a filter. Of the codes there are for that, the documents explain almost none.
func (c *call) barredFrom(f filter) *problem {
	switch {
	case !c.grant.covers("ReadAccounts"):
		return &problem{ErrorCode: "SUB-412", Message: "Not allowed subscribe for events: application needs to have [ReadAccounts] permission"}
	case c.person.may(f.permission) == nobody:
		return &problem{ErrorCode: "SUB-402", Message: "Not allowed subscribe for events: user needs to have [" + f.permission + "] permission"}
	}
	return nil
}
