package rest

import (
	v1 "encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// page1000 is a page of 1,000 extensions as the upstream writes it.
func page1000() []byte {
	var b strings.Builder
	b.WriteString(`{"uri":"https://platform.ringcentral.com/restapi/v1.0/account/401145624008/extension?page=1&perPage=1000","records":[`)
	for i := range 1000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"uri":"https://platform.ringcentral.com/restapi/v1.0/account/401145624008/extension/%[1]d","id":%[1]d,`+
			`"extensionNumber":"%[2]d","name":"Person %[2]d","type":"User","status":"Enabled","hidden":false,"permissions":{"admin":{"enabled":false},`+
			`"internationalCalling":{"enabled":true}},"contact":{"firstName":"Person","lastName":"%[2]d","company":"MyCompany Inc.","email":"p%[2]d@mycompany.com"},`+
			`"profileImage":{"uri":"https://media.ringcentral.com/%[1]d/profile-image"},"somethingNew":{"a":[1,2,3]}}`, 62000000000+i, 1000+i)
	}
	b.WriteString(`],"paging":{"page":1,"perPage":1000,"pageStart":0,"pageEnd":999,"totalPages":1,"totalElements":1000},"navigation":{"firstPage":{"uri":"x"},"lastPage":{"uri":"x"}}}`)
	return []byte(b.String())
}

func TestDecode(t *testing.T) {
	var p Page[Extension]
	if err := decode(page1000(), &p); err != nil {
		t.Fatal(err)
	}
	last := p.Records[999]
	if len(p.Records) != 1000 || last.ID.RCID != "62000000999" || last.Contact.Email != "p1999@mycompany.com" || *p.Paging.TotalElements != 1000 || p.Navigation.NextPage != nil {
		t.Errorf("got %+v", last)
	}
	// What the description does not foresee costs nobody the answer.
	var e Extension
	if err := decode([]byte("{\"id\":1,\"id\":2,\"name\":\"\xff\",\"type\":\"Hologram\",\"contact\":null,\"creationTime\":\"yesterday\"}"), &e); err != nil || e.Type != "Hologram" {
		t.Errorf("%+v, %v", e, err)
	}
}

// The decoder was chosen by this benchmark: v2 is about 1.5 times as fast as v1,
// which is even given fewer fields to fill.
func BenchmarkDecode(b *testing.B) {
	body := page1000()
	b.Run("v2", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := decode(body, new(Page[Extension])); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("v1", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := v1.Unmarshal(body, new(Page[v1Extension])); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("v2 reader", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := json.UnmarshalRead(strings.NewReader(string(body)), new(Page[Extension]), jsontext.AllowDuplicateNames(true)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// v1Extension is Extension without what encoding/json cannot read: ids of both kinds.
type v1Extension struct {
	ID              v1.Number `json:"id"`
	URI             string    `json:"uri"`
	ExtensionNumber string    `json:"extensionNumber"`
	Name            string    `json:"name"`
	Type            string    `json:"type"`
	Status          string    `json:"status"`
	Hidden          *bool     `json:"hidden"`
	Contact         *Contact  `json:"contact"`
	Permissions     *ExtensionPermission
	ProfileImage    *struct {
		URI string `json:"uri"`
	} `json:"profileImage"`
}
