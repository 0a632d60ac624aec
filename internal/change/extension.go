package change

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// ExtensionResult is what became of a change to an extension.
type ExtensionResult struct {
	Extension  *rest.Extension // as it is now; nil when there is none, or it is not known
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// extensionFields says which input field the upstream means by a parameter: what the
// upstream calls an id is an rcId in the input.
var extensionFields = func() map[string]string {
	fields := map[string]string{
		"extensionId": "extensionId", "lastName": "contact.lastName", "PWD-002": "password",
	}
	for _, path := range []string{
		"type", "subType", "name", "extensionNumber", "status", "statusInfo", "statusInfo.comment", "statusInfo.reason", "transition",
		"contact", "contact.firstName", "contact.lastName", "contact.company", "contact.jobTitle", "contact.email", "contact.businessPhone",
		"contact.mobilePhone", "contact.businessAddress", "contact.businessAddress.country", "contact.businessAddress.state",
		"contact.emailAsLoginName", "contact.pronouncedName", "contact.pronouncedName.type", "contact.pronouncedName.text", "contact.department",
		"regionalSettings", "regionalSettings.homeCountry.id", "regionalSettings.timezone.id", "regionalSettings.language.id",
		"regionalSettings.greetingLanguage.id", "regionalSettings.formattingLocale.id", "regionalSettings.currency.id", "regionalSettings.timeFormat",
		"setupWizardState", "references", "references.type", "customFields", "customFields.id", "costCenter", "costCenter.id", "site", "site.id",
		"callQueueInfo", "callQueueInfo.slaGoal", "callQueueInfo.slaThresholdSeconds", "callQueueInfo.abandonedThresholdSeconds",
		"partnerId", "hidden", "password", "ivrPin",
	} {
		field := path
		if of, is := strings.CutSuffix(path, ".id"); is {
			field = of + ".rcId"
		}
		fields[path] = field
	}
	return fields
}()

// CreateExtension makes an extension.
func (c *Changer) CreateExtension(ctx context.Context, account string, in rest.ExtensionCreation) (*ExtensionResult, error) {
	if bad := uncreatable(in); bad != nil {
		return &ExtensionResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	begun := time.Now()
	r, err := Carry(ctx, Step[rest.Extension]{
		Send:   func(ctx context.Context) (*rest.Extension, error) { return c.REST.CreateExtension(ctx, account, in) },
		Look:   func(ctx context.Context) (*rest.Extension, bool, error) { return c.madeSince(ctx, account, in, begun) },
		Heavy:  true, // a look is a Medium call
		Fields: extensionFields,
	})
	if err != nil {
		return nil, err
	}
	if r.Outcome == Rejected && in.ExtensionNumber != nil && slices.Equal(r.UserErrors[0].Field, []string{"extensionNumber"}) {
		c.explainTaken(ctx, account, in, r)
	}
	return settled(ctx, r), nil
}

// UpdateExtension changes an extension.
func (c *Changer) UpdateExtension(ctx context.Context, id rest.ExtensionID, in rest.ExtensionUpdate) (*ExtensionResult, error) {
	if bad := unchangeable(in); bad != nil {
		return &ExtensionResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	step := Step[rest.Extension]{
		Send:   func(ctx context.Context) (*rest.Extension, error) { return c.REST.UpdateExtension(ctx, id, in) },
		Fields: extensionFields,
	}
	if in.Visible() {
		step.Look = func(ctx context.Context) (*rest.Extension, bool, error) {
			e, err := c.readExtension(ctx, id)
			return e, err == nil && in.SeenIn(e), err
		}
	}
	r, err := Carry(ctx, step)
	if err != nil {
		return nil, err
	}
	return settled(ctx, r), nil
}

// settled is what became of an extension, which is shown by the real id of its account.
func settled(ctx context.Context, r *Result[rest.Extension]) *ExtensionResult {
	out := &ExtensionResult{Extension: r.Object, Outcome: r.Outcome, UserErrors: r.UserErrors}
	if e := r.Object; e != nil {
		id, err := accountID(ctx, e.ID.Account)
		if err != nil {
			out.Extension = nil // nothing could refer to it; what became of it is told all the same
			return out
		}
		out.Extension = e.In(id)
	}
	return out
}

// readExtension reads past everything that is remembered.
func (c *Changer) readExtension(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	r := c.REST.ReadExtensions(rest.Fresh(ctx), id.Account, []string{id.RCID})[id.RCID]
	return r.Value, r.Err
}

// skew is by how much the upstream's clock may be behind.
const skew = 5 * time.Minute

// madeSince looks for the extension that was to be made, among those with its number or
// else its address: one that is older is another.
func (c *Changer) madeSince(ctx context.Context, account string, in rest.ExtensionCreation, begun time.Time) (*rest.Extension, bool, error) {
	var f rest.ExtensionFilter
	switch {
	case in.ExtensionNumber != nil && *in.ExtensionNumber != "":
		f.ExtensionNumber = *in.ExtensionNumber
	case in.Contact != nil && in.Contact.Email != nil:
		f.Email = []string{*in.Contact.Email}
	default:
		return nil, false, nil // nothing tells it from others
	}
	p, err := c.REST.ListExtensions(rest.Fresh(ctx), account, f, 1, rest.MostPerPage)
	if err != nil {
		return nil, false, err
	}
	for i := range p.Records {
		e := &p.Records[i]
		switch at, err := time.Parse(time.RFC3339, string(e.CreationTime)); {
		case err == nil && at.Before(begun.Add(-skew)):
			continue
		case err != nil && f.ExtensionNumber == "":
			continue // an address may be that of several
		}
		if in.SeenIn(e) {
			return e, true, nil
		}
	}
	return nil, false, nil
}

// explainTaken finds out whether an extension number was refused because somebody has
// it: a script that starts over must learn that it had made the extension before.
func (c *Changer) explainTaken(ctx context.Context, account string, in rest.ExtensionCreation, r *Result[rest.Extension]) {
	p, err := c.REST.ListExtensions(rest.Fresh(ctx), account, rest.ExtensionFilter{ExtensionNumber: *in.ExtensionNumber}, 1, rest.MostPerPage)
	if err != nil {
		return
	}
	for i := range p.Records {
		switch e := &p.Records[i]; {
		case e.ExtensionNumber != *in.ExtensionNumber:
		case in.Named() && in.SeenIn(e):
			*r = Result[rest.Extension]{Object: e, Outcome: AlreadyApplied}
		default:
			r.Object, r.UserErrors[0].Code, r.UserErrors[0].Message = e, Duplicate, "Another extension has this number."
		}
	}
}

// What can be asked for. Source: the models of the two requests.
var (
	creatable = []rest.ExtensionType{"", "User", "VirtualUser", "DigitalUser", "FlexibleUser", "Department", "Announcement", "Voicemail",
		"SharedLinesGroup", "PagingOnly", "ParkLocation", "Limited"}
	settableTypes = []rest.ExtensionType{"", "User", "FaxUser", "FlexibleUser", "VirtualUser", "DigitalUser", "Department", "Announcement",
		"Voicemail", "SharedLinesGroup", "PagingOnly", "IvrMenu", "ApplicationExtension", "ParkLocation", "DelegatedLinesGroup", "GroupCallPickup"}
	settableSubTypes = []rest.ExtensionSubType{"", "VideoPro", "VideoProPlus", "DigitalSignageOnlyRooms", "Emergency"}
)

// uncreatable says why an extension is known not to be made so, before any call.
func uncreatable(in rest.ExtensionCreation) *UserError {
	k := in.Contact
	switch {
	case !slices.Contains(creatable, in.Type):
		return invalid("type", "Extensions of this type cannot be made.")
	case k == nil && in.Type == "Department" && in.Status != "Unassigned":
		return invalidAt("contact", "A call queue takes a first name and an e-mail address.")
	case k != nil && empty(k.FirstName):
		return invalidAt("contact.firstName", "A contact takes a first name.")
	case k != nil && empty(k.Email):
		return invalidAt("contact.email", "A contact takes an e-mail address.")
	case in.RegionalSettings != nil && in.RegionalSettings.Currency != nil:
		return invalidAt("regionalSettings.currency", "The currency cannot be set when an extension is made.")
	}
	return unusable(in.ExtensionNumber, k)
}

// unchangeable says why an extension is known not to be changed so, before any call.
func unchangeable(in rest.ExtensionUpdate) *UserError {
	switch {
	case in.Empty():
		return &UserError{Code: Invalid, Message: "There is nothing to change."}
	case !slices.Contains(settableTypes, in.Type):
		return invalid("type", "No extension becomes one of this type.")
	case !slices.Contains(settableSubTypes, in.SubType):
		return invalid("subType", "No extension becomes one of this sub-type.")
	case in.Status == "Unassigned":
		return invalid("status", "An extension in use does not become unassigned: remove it, or disable it.")
	}
	return unusable(in.ExtensionNumber, in.Contact)
}

var shortNumber = regexp.MustCompile(`^\d{1,8}$`)

// unusable checks what both requests have in common.
func unusable(number *string, k *rest.ExtensionContactInput) *UserError {
	if number != nil && !shortNumber.MatchString(*number) {
		return invalid("extensionNumber", "An extension number has 1 to 8 digits.")
	}
	if k == nil {
		return nil
	}
	for _, f := range []struct {
		name  string
		value *string
		most  int
	}{
		{"firstName", k.FirstName, 64}, {"lastName", k.LastName, 64}, {"company", k.Company, 64}, {"jobTitle", k.JobTitle, 64},
		{"department", k.Department, 64}, {"email", k.Email, 254},
	} {
		if f.value != nil && len([]rune(*f.value)) > f.most {
			return invalidAt("contact."+f.name, fmt.Sprintf("At most %d characters.", f.most))
		}
	}
	if p := k.PronouncedName; p != nil && p.Type == "Recorded" {
		return invalidAt("contact.pronouncedName.type", "A recording cannot be made here.")
	}
	return nil
}

func empty(s *string) bool { return s == nil || *s == "" }

// invalidAt is invalid for a field that lies deeper.
func invalidAt(path, message string) *UserError {
	return &UserError{Code: Invalid, Message: message, Field: strings.Split(path, ".")}
}
