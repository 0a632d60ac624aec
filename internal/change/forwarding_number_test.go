package change

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// What the upstream is known to refuse is refused before; what is not known is left to it.
func TestForwardingNumberInput(t *testing.T) {
	number, device := new("+12078260028"), rest.DeviceID{Key: rest.Key{Account: "7", RCID: "8"}}
	for name, tt := range map[string]struct {
		in  ForwardingNumberInput
		bad string // the field at fault
	}{
		"custom":             {ForwardingNumberInput{PhoneNumber: number, Label: new("Cabin"), FlipNumber: new("8")}, ""},
		"other":              {ForwardingNumberInput{PhoneNumber: number, Label: new("Cabin"), Type: rest.ForwardingOther}, ""},
		"home":               {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingHome}, ""},
		"device":             {ForwardingNumberInput{Device: device, Type: rest.ForwardingPhoneLine}, ""},
		"device by number":   {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingPhoneLine}, ""},
		"a type of tomorrow": {ForwardingNumberInput{Type: "Outage"}, ""},
		"60 letters":         {ForwardingNumberInput{PhoneNumber: number, Label: new(strings.Repeat("ü", 60))}, ""},
		"61 letters":         {ForwardingNumberInput{PhoneNumber: number, Label: new(strings.Repeat("ü", 61))}, "label"},
		"no letters":         {ForwardingNumberInput{PhoneNumber: number, Label: new("")}, "label"},
		"no label":           {ForwardingNumberInput{PhoneNumber: number}, "label"},
		"no number":          {ForwardingNumberInput{Type: rest.ForwardingWork}, "phoneNumber"},
		"no plus":            {ForwardingNumberInput{PhoneNumber: new("12078260028"), Type: rest.ForwardingWork}, "phoneNumber"},
		"flip number 0":      {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingWork, FlipNumber: new("0")}, "flipNumber"},
		"flip number 9":      {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingWork, FlipNumber: new("9")}, "flipNumber"},
		"flip number 11":     {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingWork, FlipNumber: new("11")}, "flipNumber"},
		"no flip number":     {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingWork, FlipNumber: new("")}, "flipNumber"},
		"mobile on a device": {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingMobile, Device: device}, "deviceId"},
		"outage on a device": {ForwardingNumberInput{Type: "Outage", Device: device}, "deviceId"},
		"both":               {ForwardingNumberInput{PhoneNumber: number, Type: rest.ForwardingPhoneLine, Device: device}, "deviceId"},
		"neither":            {ForwardingNumberInput{Type: rest.ForwardingPhoneLine}, "phoneNumber"},
	} {
		u := tt.in.malformed()
		if u == nil {
			u = tt.in.incomplete()
		}
		if (u != nil) != (tt.bad != "") || u != nil && (u.Field[0] != tt.bad || u.Code != Invalid) {
			t.Errorf("%s: %+v", name, u)
		}
	}
}

// A lost answer is settled by what is there: everything that was wished for has to fit.
func TestForwardingNumberIs(t *testing.T) {
	there := &rest.ForwardingNumber{PhoneNumber: "+12078260028", Label: "Work", FlipNumber: "2", Type: rest.ForwardingWork}
	for name, tt := range map[string]struct {
		in   ForwardingNumberInput
		want bool
	}{
		"all of it":          {ForwardingNumberInput{PhoneNumber: &there.PhoneNumber, Label: new("Work"), FlipNumber: new("2"), Type: rest.ForwardingWork}, true},
		"label of a type":    {ForwardingNumberInput{PhoneNumber: &there.PhoneNumber, Label: new("Mill"), Type: rest.ForwardingWork}, true},
		"type by its label":  {ForwardingNumberInput{PhoneNumber: &there.PhoneNumber, Label: new("Work")}, true},
		"another label":      {ForwardingNumberInput{PhoneNumber: &there.PhoneNumber, Label: new("Mill")}, false},
		"another number":     {ForwardingNumberInput{PhoneNumber: new("+12078260029"), Type: rest.ForwardingWork}, false},
		"another flip":       {ForwardingNumberInput{PhoneNumber: &there.PhoneNumber, FlipNumber: new("3")}, false},
		"another type":       {ForwardingNumberInput{PhoneNumber: &there.PhoneNumber, Type: rest.ForwardingHome}, false},
		"a device it is not": {ForwardingNumberInput{Device: rest.DeviceID{Key: rest.Key{RCID: "8"}}}, false},
	} {
		if got := tt.in.is(there); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// Every code of forwarding numbers has a meaning, and names a field wherever it is about one.
func TestForwardingNumberCodes(t *testing.T) {
	const about = "AWR-180 FPN-102 FPN-105 FPN-106 FPN-107 FPN-108 FPN-109 FPN-110 FPN-111 FPN-112 FPN-113 FPN-114 FPN-115 FPN-116 FPN-118 FPN-119 FPN-120 FPN-121 FPN-122 FPN-125"
	for code := range strings.FieldsSeq(about + " FPN-103 FPN-104 FPN-124") {
		for _, status := range []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound} {
			u := refusal(&rest.Error{Status: status, Code: code}, forwardingFields)
			if u == nil || u.Code == Refused || (u.Field != nil) != strings.Contains(about, code) {
				t.Errorf("%s with status %d: %+v", code, status, u)
			}
		}
	}
}
