package change

import (
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// What a device shows settles a lost answer, so nothing that was asked for may be missed.
func TestDeviceShows(t *testing.T) {
	text := func(s string) *string { return &s }
	yes, no := true, false
	d := &rest.Device{
		Name: "Desk", UseAsCommonPhone: &yes, Owner: &rest.ExtensionRef{ID: rest.ExtensionID{Key: rest.Key{RCID: "5"}}},
		PhoneLines: []rest.PhoneLine{{PhoneNumber: &rest.PhoneNumber{ID: rest.PhoneNumberID{Key: rest.Key{RCID: "7"}}}}},
		EmergencyServiceAddress: &rest.EmergencyServiceAddress{
			EmergencyAddress: rest.EmergencyAddress{Street: "1 Main Street", StateID: "3"},
		},
		Emergency: &rest.DeviceEmergency{
			Address: &rest.EmergencyAddress{City: "Mesa"}, Location: &rest.EmergencyLocation{RCID: "9"}, OutOfCountry: &no,
		},
	}
	emergency := func(e rest.DeviceEmergencyUpdate) rest.DeviceUpdate { return rest.DeviceUpdate{Emergency: &e} }
	for i, tt := range []struct {
		update rest.DeviceUpdate
		want   bool
	}{
		{rest.DeviceUpdate{Name: text("Desk"), Extension: rest.To("5"), UseAsCommonPhone: &yes, PhoneLines: rest.Lines([]string{"7"})}, true},
		{rest.DeviceUpdate{Name: text("Disk")}, false},
		{rest.DeviceUpdate{Extension: rest.To("6")}, false},
		{rest.DeviceUpdate{UseAsCommonPhone: &no}, false},
		{rest.DeviceUpdate{PhoneLines: rest.Lines([]string{"8"})}, false},
		{rest.DeviceUpdate{PhoneLines: rest.Lines([]string{})}, false},
		{rest.DeviceUpdate{PhoneLines: rest.Lines([]string{"7", "8"})}, false},
		{rest.DeviceUpdate{EmergencyServiceAddress: &rest.EmergencyServiceAddressInput{Street: text(" 1 MAIN street"), StateID: text("3")}}, true},
		{rest.DeviceUpdate{EmergencyServiceAddress: &rest.EmergencyServiceAddressInput{Street: text("2 Main Street")}}, false},
		{rest.DeviceUpdate{EmergencyServiceAddress: &rest.EmergencyServiceAddressInput{Street2: text("Floor 2")}}, false},
		{emergency(rest.DeviceEmergencyUpdate{Address: &rest.EmergencyAddressInput{City: text("Mesa")}, OutOfCountry: &no}), true},
		{emergency(rest.DeviceEmergencyUpdate{Address: &rest.EmergencyAddressInput{City: text("Denver")}}), false},
		{emergency(rest.DeviceEmergencyUpdate{Location: rest.To("9")}), true},
		{emergency(rest.DeviceEmergencyUpdate{Location: rest.To("8")}), false},
		{emergency(rest.DeviceEmergencyUpdate{OutOfCountry: &yes}), false},
	} {
		if got := (&DeviceChange{DeviceUpdate: tt.update}).shows(d); got != tt.want {
			t.Errorf("case %d: %t", i, got)
		}
	}
	bare := &rest.Device{}
	for i, u := range []rest.DeviceUpdate{
		{Extension: rest.To("5")},
		{UseAsCommonPhone: &no},
		{EmergencyServiceAddress: &rest.EmergencyServiceAddressInput{}},
		emergency(rest.DeviceEmergencyUpdate{OutOfCountry: &no}),
	} {
		if (&DeviceChange{DeviceUpdate: u}).shows(bare) {
			t.Errorf("a bare device shows change %d", i)
		}
	}
}
