package change

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// The reasons for which a forwarding number is not what it was asked to be.
const (
	LabelTaken                   UserErrorCode = "LABEL_TAKEN"
	TypeTaken                    UserErrorCode = "TYPE_TAKEN"
	TooManyForwardingNumbers     UserErrorCode = "TOO_MANY_FORWARDING_NUMBERS"
	TooManyCustomLabels          UserErrorCode = "TOO_MANY_CUSTOM_LABELS"
	OwnNumber                    UserErrorCode = "OWN_NUMBER"
	FlipNumberTaken              UserErrorCode = "FLIP_NUMBER_TAKEN"
	DeviceNumber                 UserErrorCode = "DEVICE_NUMBER"
	InternationalCallingDisabled UserErrorCode = "INTERNATIONAL_CALLING_DISABLED"
	NotForFax                    UserErrorCode = "NOT_FOR_FAX"
	DeviceNotFound               UserErrorCode = "DEVICE_NOT_FOUND"
	DeviceUnassigned             UserErrorCode = "DEVICE_UNASSIGNED"
	DeviceShared                 UserErrorCode = "DEVICE_SHARED"
	DeviceFreeSoftphone          UserErrorCode = "DEVICE_FREE_SOFTPHONE"
	DeviceTaken                  UserErrorCode = "DEVICE_TAKEN"
	LabelFixed                   UserErrorCode = "LABEL_FIXED"
	DeviceFixed                  UserErrorCode = "DEVICE_FIXED"
	TypeFixed                    UserErrorCode = "TYPE_FIXED"
)

// ForwardingNumberResult is what became of a change to a forwarding number.
type ForwardingNumberResult struct {
	ForwardingNumber *rest.ForwardingNumber // as it is now; nil when there is none, or it is not known
	Outcome          MutationOutcome
	UserErrors       []*UserError
}

// The payloads of the schema.
type (
	CreateForwardingNumberPayload = ForwardingNumberResult
	UpdateForwardingNumberPayload = ForwardingNumberResult
)

func forwardingResult(r *Result[rest.ForwardingNumber], err error) (*ForwardingNumberResult, error) {
	if err != nil {
		return nil, err
	}
	return &ForwardingNumberResult{r.Object, r.Outcome, r.UserErrors}, nil
}

// forwardingID is what the upstream calls the number that a change is about.
const forwardingID = "forwardingNumberId"

// forwardingFields says which input field the upstream means by a parameter, or by a
// code that comes without one.
var forwardingFields = map[string]string{
	forwardingID:  "forwardingNumberId",
	"extensionId": "extensionId",
	"phoneNumber": "phoneNumber",
	"label":       "label",
	"flipNumber":  "flipNumber",
	"type":        "type",
	"device.id":   "deviceId",
	"FPN-102":     "label",
	"FPN-105":     "phoneNumber",
	"FPN-106":     "flipNumber",
	"FPN-107":     "forwardingNumberId",
	"FPN-108":     "phoneNumber",
	"FPN-109":     "phoneNumber",
	"FPN-110":     "phoneNumber",
	"FPN-111":     "deviceId",
	"FPN-112":     "deviceId",
	"FPN-113":     "deviceId",
	"FPN-114":     "deviceId",
	"FPN-115":     "deviceId",
	"FPN-116":     "label",
	"FPN-118":     "deviceId",
	"FPN-119":     "type",
	"FPN-120":     "phoneNumber",
	"FPN-121":     "deviceId",
	"FPN-122":     "label",
	"FPN-125":     "type",
	"AWR-180":     "extensionId",
}

// ForwardingNumberInput is a forwarding number as it is wished for. What is empty stays
// as it is, or is for the upstream to choose.
type ForwardingNumberInput struct {
	PhoneNumber *string
	Label       *string
	FlipNumber  *string
	Type        rest.ForwardingNumberType
	Device      rest.DeviceID // of a new one alone
}

// malformed refuses values that no forwarding number can have. Source: the models of
// the operations.
func (in *ForwardingNumberInput) malformed() *UserError {
	switch flip := or(in.FlipNumber); {
	case in.PhoneNumber != nil && !e164.MatchString(*in.PhoneNumber):
		return invalid("phoneNumber", "A phone number is written in E.164 form: + and up to 15 digits.")
	case in.Label != nil && (*in.Label == "" || utf8.RuneCountInString(*in.Label) > mostLabel):
		return invalid("label", fmt.Sprintf("A label has 1 to %d characters.", mostLabel))
	case in.FlipNumber != nil && (len(flip) != 1 || flip < "1" || flip > "8"):
		return invalid("flipNumber", "A flip number is a digit from 1 to 8.")
	}
	return nil
}

// incomplete refuses a new number that lacks what its type takes, or has what it does
// not take. Source: the upstream's codes FPN-109 to FPN-112 and FPN-116. Of types that
// they do not speak of, the upstream decides.
func (in *ForwardingNumberInput) incomplete() *UserError {
	number, device := in.PhoneNumber != nil, in.Device.RCID != ""
	if in.Type == rest.ForwardingPhoneLine {
		switch {
		case number && device:
			return invalid("deviceId", "A phone line is named by its device or by its number, not by both.")
		case !number && !device:
			return invalid("phoneNumber", "A phone line is named by its device or by its number: say one.")
		}
		return nil
	}
	if device {
		return invalid("deviceId", "Only a phone line has a device.")
	}
	switch in.Type {
	case rest.ForwardingHome, rest.ForwardingMobile, rest.ForwardingWork:
	case rest.ForwardingOther, "":
		if in.Label == nil {
			return invalid("label", "A number of type OTHER needs a label.")
		}
	default:
		return nil
	}
	if !number {
		return invalid("phoneNumber", "Say which number calls are forwarded to.")
	}
	return nil
}

// flip is the flip number as a number; 0 for none.
func (in *ForwardingNumberInput) flip() int {
	n, _ := strconv.Atoi(or(in.FlipNumber)) // it is a digit
	return n
}

// is says whether n is as it was wished for.
func (in *ForwardingNumberInput) is(n *rest.ForwardingNumber) bool {
	on := ""
	if n.On != nil {
		on = n.On.ID.RCID
	}
	as := func(wish *string, have string) bool { return wish == nil || *wish == have }
	named := as(in.Label, n.Label) || in.Type != "" && in.Type != rest.ForwardingOther // else the upstream chooses the label
	return named && as(in.PhoneNumber, n.PhoneNumber) && as(in.FlipNumber, string(n.FlipNumber)) &&
		(in.Type == "" || in.Type == n.Type) && (in.Device.RCID == "" || in.Device.RCID == on)
}

func or(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// CreateForwardingNumber adds a number to the list of an extension. Its label, type or
// device stand there once, so one like it is the one that was added, should the answer
// get lost.
func (c *Changer) CreateForwardingNumber(ctx context.Context, ext rest.ExtensionID, in ForwardingNumberInput) (*ForwardingNumberResult, error) {
	if bad := cmp.Or(in.malformed(), in.incomplete()); bad != nil {
		return forwardingResult(Reject[rest.ForwardingNumber](bad), nil)
	}
	owner, err := loader.For(ctx).RealExtension(ctx, ext)
	if err != nil {
		return nil, err
	}
	if in.Device.Account != "" && in.Device.Account != rest.Own && in.Device.Account != owner.Account {
		return nil, &ForeignError{"deviceId"}
	}
	return forwardingResult(Carry(ctx, Step[rest.ForwardingNumber]{
		Send: func(ctx context.Context) (*rest.ForwardingNumber, error) {
			n, err := c.REST.CreateForwardingNumber(ctx, ext, rest.NewForwardingNumber{
				PhoneNumber: or(in.PhoneNumber), Label: or(in.Label), FlipNumber: in.flip(), Type: in.Type, Device: rest.To(in.Device.RCID),
			})
			return ofExtension(n, owner), err
		},
		Look: func(ctx context.Context) (*rest.ForwardingNumber, bool, error) {
			all, err := c.forwardingNumbers(ctx, ext)
			for i := range all {
				if in.is(&all[i]) {
					return ofExtension(&all[i], owner), true, nil
				}
			}
			return nil, false, err
		},
		Fields: forwardingFields,
	}))
}

// ofExtension says whose n is.
func ofExtension(n *rest.ForwardingNumber, ext rest.ExtensionID) *rest.ForwardingNumber {
	if n == nil {
		return nil
	}
	return n.Of(ext)
}

// forwardingNumbers reads the list of an extension past everything that is remembered.
func (c *Changer) forwardingNumbers(ctx context.Context, ext rest.ExtensionID) (all []rest.ForwardingNumber, err error) {
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.ForwardingNumber], error) {
		return c.REST.ListForwardingNumbers(ctx, ext, page, perPage)
	}
	for p, err := range rest.Pages(rest.Fresh(ctx), (*rest.ForwardingNumber).RcID, list) {
		if err != nil {
			return nil, err
		}
		all = append(all, p.Records...)
	}
	return all, nil
}

// UpdateForwardingNumber changes a forwarding number.
func (c *Changer) UpdateForwardingNumber(ctx context.Context, id rest.ForwardingNumberID, in ForwardingNumberInput) (*ForwardingNumberResult, error) {
	bad := in.malformed()
	if in == (ForwardingNumberInput{}) {
		bad = changesNothing()
	}
	if bad != nil {
		return forwardingResult(Reject[rest.ForwardingNumber](bad), nil)
	}
	owner, err := loader.For(ctx).RealExtension(ctx, id.Owner())
	if err != nil {
		return nil, err
	}
	var read *rest.ForwardingNumber
	r, err := forwardingResult(Carry(ctx, Step[rest.ForwardingNumber]{
		Send: func(ctx context.Context) (*rest.ForwardingNumber, error) {
			n, err := c.REST.UpdateForwardingNumber(ctx, id, rest.ForwardingNumberChange{
				PhoneNumber: or(in.PhoneNumber), Label: or(in.Label), FlipNumber: or(in.FlipNumber), Type: in.Type,
			})
			return ofExtension(n, owner), err
		},
		Look: func(ctx context.Context) (*rest.ForwardingNumber, bool, error) {
			n, err := c.REST.ReadForwardingNumber(rest.Fresh(ctx), id)
			if err != nil {
				return nil, false, err
			}
			read = ofExtension(n, owner)
			return n, in.is(n), nil
		},
		Fields: forwardingFields,
	}))
	if err == nil && r.ForwardingNumber == nil {
		r.ForwardingNumber = read // it is as it was
	}
	return r, err
}
