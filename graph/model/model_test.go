package model

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"os"
	"path/filepath"

	"github.com/ringql/ringql/internal/rest"
)

func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	files, err := filepath.Glob("../*.graphqls")
	if err != nil || len(files) == 0 {
		t.Fatal("no schema")
	}
	var sources []*ast.Source
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: f, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// What Go knows of an enumeration is what the schema says, and the other way round.
func TestEnumsAreTheSchemas(t *testing.T) {
	schema := loadSchema(t)
	check := func(name string, labels []string) {
		def := schema.Types[name]
		if def == nil {
			t.Errorf("%s is not in the schema", name)
			return
		}
		var want []string
		for _, v := range def.EnumValues {
			if v.Name != unknown {
				want = append(want, v.Name)
			}
		}
		if def.EnumValues.ForName(unknown) == nil {
			t.Errorf("%s has no UNKNOWN", name)
		}
		slices.Sort(want)
		if got := slices.Sorted(slices.Values(labels)); !slices.Equal(got, want) {
			t.Errorf("%s: Go has %v, the schema %v", name, got, want)
		}
	}
	for name, labels := range declared {
		if name != "RateLimitGroup" && name != "EventGapReason" { // are ours, and complete
			check(name, labels)
		}
	}
}

func TestScreaming(t *testing.T) {
	for in, want := range map[string]string{
		"MainCompanyNumber": "MAIN_COMPANY_NUMBER", "A2PSmsSender": "A2P_SMS_SENDER", "WebRTC": "WEB_RTC",
		"ELIN": "ELIN", "BLA": "BLA", "VoiceFax": "VOICE_FAX", "User": "USER", "PortedIn": "PORTED_IN",
	} {
		if got := screaming(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestEnumValues(t *testing.T) {
	write := func(v rest.PhoneNumberUsageType) string {
		var b bytes.Buffer
		MarshalPhoneNumberUsageType(v).MarshalGQL(&b)
		return b.String()
	}
	before := Unknown.Snapshot()[UnknownValue{"PhoneNumberUsageType", "Hologram"}]
	if write("DirectNumber") != `"DIRECT_NUMBER"` || write("") != "null" || write("Hologram") != `"UNKNOWN"` {
		t.Errorf("wrote %s %s %s", write("DirectNumber"), write(""), write("Hologram"))
	}
	if n := Unknown.Snapshot()[UnknownValue{"PhoneNumberUsageType", "Hologram"}]; n <= before {
		t.Error("an unknown value was not counted")
	}
	for i := range 2 * mostUnknown {
		write(rest.PhoneNumberUsageType(strings.Repeat("x", i+1)))
	}
	if n := len(Unknown.Snapshot()); n > mostUnknown+1 {
		t.Errorf("an upstream made us hold %d values", n)
	}
	for in, ok := range map[any]bool{"DIRECT_NUMBER": true, "DirectNumber": false, "UNKNOWN": false, 5: false, nil: true} {
		if _, err := UnmarshalPhoneNumberUsageType(in); (err == nil) != ok {
			t.Errorf("%v: %v", in, err)
		}
	}
}

func TestGlobalIDs(t *testing.T) {
	for _, g := range []GlobalID{
		{Type: TypeAccount, Account: "401", RCID: "401"},
		{Type: TypeExtension, Account: "401", RCID: "5"},
		{Type: TypeForwardingNumber, Account: "401", Extension: "5", RCID: "6"},
	} {
		if back, err := ParseGlobalID(g.String()); err != nil || back != g {
			t.Errorf("%+v became %+v, %v", g, back, err)
		}
	}
	id := GlobalID{Type: TypeExtension, Account: "401", RCID: "5"}.String()
	if ext, err := ParseExtension(id, false); err != nil || ext.Account != "401" || ext.RCID != "5" {
		t.Errorf("%+v, %v", ext, err)
	}
	if _, err := ParsePhoneNumber(id); err == nil || !strings.Contains(err.Error(), "Extension") {
		t.Errorf("an extension's id as a phone number's: %v", err)
	}
	for in, ok := range map[string]bool{
		"5": true, "~": false, "": false, "1/../2": false, "1,2": false, "-1": false, "1 ": false, "１": false, "123456789012345678901": false,
		"0": false, "007": false, "00": false, "10": true,
	} {
		if _, err := ParseDevice(in); (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
	if ext, err := ParseExtension("~", true); err != nil || ext.RCID != rest.Own {
		t.Errorf("one's own: %+v, %v", ext, err)
	}
}

// One object has one name: caches and comparisons go by the text.
func TestOneNameForOneObject(t *testing.T) {
	id := base64.RawURLEncoding.EncodeToString([]byte("1:Device:401:5"))
	other := id[:len(id)-1] + string(id[len(id)-1]+1) // differs in bits that do not count
	for _, s := range []string{
		base64.RawURLEncoding.EncodeToString([]byte("1:Device:0401:5")), base64.RawURLEncoding.EncodeToString([]byte("1:Device:401:05")),
		base64.RawURLEncoding.EncodeToString([]byte("1:Device:401:0")), base64.RawURLEncoding.EncodeToString([]byte("1:Account:0401")),
		base64.RawURLEncoding.EncodeToString([]byte("1:ForwardingNumber:401:05:6")),
		id[:4] + "\n" + id[4:], id + "\r\n", other,
	} {
		if g, err := ParseGlobalID(s); err == nil || !errors.Is(err, ErrInput) {
			t.Errorf("%q is taken for %+v, %v", s, g, err)
		}
	}
	if _, err := ParseGlobalID(id); err != nil {
		t.Error(err)
	}
}

// What lacks its account is not written: it would be somebody else's for everybody else.
func TestIncompleteIDs(t *testing.T) {
	for _, k := range []rest.Key{{Account: rest.Own, RCID: "5"}, {Account: "", RCID: "5"}, {Account: "401", RCID: ""}} {
		var b bytes.Buffer
		MarshalExtensionID(rest.ExtensionID{Key: k}).MarshalGQL(&b)
		if b.String() != "null" {
			t.Errorf("%+v: %s", k, b.String())
		}
	}
}

// A global id has one spelling, and nothing in it leaves its segment of a path.
func FuzzGlobalID(f *testing.F) {
	for _, g := range []GlobalID{
		{Type: TypeForwardingNumber, Account: "401", Extension: "5", RCID: "6"},
		{Type: TypeBlockedNumber, Account: "401", Extension: "5", RCID: "a-b_C"},
		{Type: TypeAccount, Account: "401"},
		{Type: TypeLicense, Account: "401", RCID: "x"},
		{Type: TypeLicense, Account: "401", RCID: ".."},
		{Type: TypeExtension, Account: "401", RCID: "1,2"},
		{Type: TypeExtension, Account: rest.Own, RCID: "5"},
	} {
		f.Add(g.String())
	}
	f.Add("MTpFeHRlbnNpb246fjo1")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		g, err := ParseGlobalID(s)
		if err != nil {
			return
		}
		if g.String() != s {
			t.Errorf("%q is also written %q", s, g.String())
		}
		if !digits(g.Account) || forms[g.Type].below != digits(g.Extension) || !forms[g.Type].text && !digits(g.RCID) || url.PathEscape(g.RCID) != g.RCID || g.RCID == "" {
			t.Errorf("%q became %+v", s, g)
		}
		for typ := range forms {
			if k, err := parse(s, typ, true); (err == nil) != (typ == g.Type) || err == nil && (k.Account != g.Account || k.RCID != g.RCID) {
				t.Errorf("%q as %s: %+v, %v", s, typ, k, err)
			}
		}
	})
}

func TestTextThatIsLeftOutIsNull(t *testing.T) {
	for in, want := range map[string]string{"": "null", "a\"b": `"a\"b"`, "é\n": `"é\n"`} {
		var b bytes.Buffer
		MarshalString(in).MarshalGQL(&b)
		if b.String() != want || !json.Valid(b.Bytes()) {
			t.Errorf("%q: %s", in, b.String())
		}
	}
}
