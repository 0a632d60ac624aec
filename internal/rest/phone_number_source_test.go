package rest

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// What each source leaves out is what the upstream's description says.
func TestUntold(t *testing.T) {
	text, err := os.ReadFile("../../../shared/openapi/provisioning.conformance.yml")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the upstream's description is not at hand")
	}
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	told := func(schema string) map[string]bool {
		names := map[string]bool{}
		s := doc.Components.Schemas[schema].Value
		for _, part := range append(s.AllOf, &openapi3.SchemaRef{Value: s}) {
			for name := range part.Value.Properties {
				names[name] = true
			}
		}
		return names
	}
	read := told("CompanyPhoneNumberInfo")
	for source, schema := range map[NumberSource]string{
		FromOwnList: "UserPhoneNumberInfo", FromLine: "PhoneNumberInfoIntId", FromV2: "AccountPhoneNumberInfo", FromStock: "AddPhoneNumbersResponseItem",
	} {
		var want []string
		for name := range read {
			asked := source == FromStock && (name == "usageType" || name == "extension")
			if !told(schema)[name] && !asked && name != "uri" {
				want = append(want, name)
			}
		}
		got := slices.Clone(untold[source])
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s leaves out %v, not %v", schema, want, got)
		}
	}
}

// A number that is completed keeps what its source told.
func TestWith(t *testing.T) {
	row := PhoneNumber{ID: PhoneNumberID{Key{"1", "2"}}, PhoneNumber: "+1", TollType: "Toll", Source: FromV2, Listed: Listed{SubType: "x"}}
	got := row.With(&PhoneNumber{ID: row.ID, PhoneNumber: "+1", Location: "Belmont, CA", PaymentType: "Local", Owner: &ExtensionRef{}})
	if got.Location != "Belmont, CA" || got.PaymentType != "Local" || got.TollType != "Toll" || got.Listed.SubType != "x" || got.Owner == nil {
		t.Errorf("got %+v", got)
	}
	if Lacking(func(string) bool { return true }).Has(got.Source) || Lacking(func(string) bool { return false }) != 0 {
		t.Error("it is still lacking")
	}
}
