package sim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strconv"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const vendorJSON = "application/vnd.ringcentral.multipart+json"

type bulkPart struct {
	ResourceID string
	Status     int
	Body       struct {
		ID        int64
		ErrorCode string
		Records   []struct{ ID string }
	}
}

// mixed reads a multipart answer: the overview, then one body per id.
func (a answer) mixed() (overview []struct {
	Href, ResponseDescription string
	Status                    int
}, bodies [][]byte) {
	a.t.Helper()
	a.want(207)
	media, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || media != "multipart/mixed" || strings.Contains(a.header.Get("Content-Type"), `"`) {
		a.t.Fatalf("content type %s: %v", a.header.Get("Content-Type"), err)
	}
	r := multipart.NewReader(bytes.NewReader(a.body), params["boundary"])
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			a.t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if err != nil || part.Header.Get("Content-Type") != "application/json" {
			a.t.Fatalf("part %v: %v", part.Header, err)
		}
		bodies = append(bodies, data)
	}
	var head struct {
		Response []struct {
			Href, ResponseDescription string
			Status                    int
		}
	}
	if err := json.Unmarshal(bodies[0], &head); err != nil {
		a.t.Fatal(err)
	}
	return head.Response, bodies[1:]
}

func TestManyIDsAsMultipart(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	overview, bodies := c.get(v1 + "/phone-number/723455008,1,987654321,723455008").mixed()
	if len(overview) != 4 || len(bodies) != 4 {
		t.Fatalf("%d in the overview, %d bodies", len(overview), len(bodies))
	}
	for i, want := range []struct {
		status           int
		description, key string
	}{
		{200, "OK", `"id":723455008`}, {404, "Not Found", `"errorCode":"CMN-102"`}, {200, "OK", `"id":987654321`}, {200, "OK", `"id":723455008`},
	} {
		o := overview[i]
		if o.Status != want.status || o.ResponseDescription != want.description || !bytes.Contains(bodies[i], []byte(want.key)) {
			t.Errorf("part %d: %+v %s", i, o, bodies[i])
		}
	}
	if want := "https://platform.example.com/restapi/v1.0/account/401145624008/phone-number/1"; overview[1].Href != want {
		t.Errorf("href %s, want %s", overview[1].Href, want)
	}
}

func TestManyIDsAsVendorJSON(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for _, accept := range []string{vendorJSON, "application/json, " + vendorJSON + ";q=0.9"} {
		a := c.get(v1+"/extension/~,1,%20435068008%20%2C1", "Accept", accept).want(207)
		if got := a.header.Get("Content-Type"); got != vendorJSON {
			t.Errorf("content type %s", got)
		}
		var parts []bulkPart
		a.into(&parts)
		var got []string
		for _, p := range parts {
			got = append(got, p.ResourceID, strconv.Itoa(p.Status), strconv.FormatInt(p.Body.ID, 10), p.Body.ErrorCode)
		}
		equal(t, "parts", got, []string{"~", "200", "401145624008", "", "1", "404", "0", "CMN-102",
			"435068008", "200", "435068008", "", "1", "404", "0", "CMN-102"})
	}
	if got := c.get(v1 + "/extension/435068008,~").want(207); bytes.Contains(got.body, []byte("departments")) {
		t.Error("departments are for a single id only")
	}
}

func TestOneIDIsAnsweredPlainly(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for _, id := range []string{"723455008", "%20723455008", "723455008%20"} {
		if got := c.get(v1+"/phone-number/"+id, "Accept", vendorJSON).want(200).object()["id"]; got != 723455008. {
			t.Errorf("%s: %v", id, got)
		}
	}
	c.get(v1 + "/phone-number/723455008,").want(207) // an empty id is one that does not exist
}

func TestDevicesOfManyExtensions(t *testing.T) {
	s := newServer(t, unlimited())
	path := v1 + "/extension/401145624008,435068008,1/device?perPage=5"
	var parts []bulkPart
	admin(t, s).get(path, "Accept", vendorJSON).want(207).into(&parts)
	if len(parts) != 3 || parts[0].Body.Records[0].ID != "66420008" || parts[1].Body.Records[0].ID != "66421008" || parts[2].Status != 404 {
		t.Errorf("parts: %+v", parts)
	}
	overview, _ := admin(t, s).get(path).mixed()
	if want := "https://platform.example.com/restapi/v1.0/account/401145624008/extension/435068008/device?page=1&perPage=5"; overview[1].Href != want {
		t.Errorf("href %s, want %s", overview[1].Href, want)
	}

	// Each part is checked as the single call would be.
	as(t, s, sim.StandardUserID).get(path, "Accept", vendorJSON).want(207).into(&parts)
	if parts[0].Status != 403 || parts[0].Body.ErrorCode != "CMN-408" || parts[1].Status != 200 {
		t.Errorf("parts: %+v", parts)
	}
}

func TestTooManyIDs(t *testing.T) {
	ids := func(n int) string { return strings.TrimSuffix(strings.Repeat("1,", n), ",") }
	c := admin(t, newServer(t, unlimited()))
	c.get(v1 + "/phone-number/" + ids(50)).want(207)
	c.get(v1+"/phone-number/"+ids(51)).wantError(400, "CMN-106", "")
	c = admin(t, newServer(t, sim.Config{BulkIDs: 2}))
	if a := c.get(v1 + "/phone-number/" + ids(3)).want(400); !strings.Contains(string(a.body), "Batch request is limited to 2 entries") {
		t.Errorf("got %s", a.body)
	}
}

func TestBulkForms(t *testing.T) {
	c := admin(t, newServer(t, sim.Config{Bulk: sim.BulkMultipart}))
	c.get(v1+"/phone-number/723455008,1", "Accept", vendorJSON).mixed()

	c = admin(t, newServer(t, sim.Config{Bulk: sim.BulkNone}))
	c.get(v1+"/phone-number/723455008,987654321", "Accept", vendorJSON).wantError(404, "CMN-102", "phoneNumberId")
	c.get(v1+"/extension/~,435068008").wantError(404, "CMN-102", "extensionId")
	c.get(v1 + "/phone-number/723455008").want(200)
}

func TestManyIDsOnlyWhereDocumented(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	c.get(v1+"/extension/~,435068008/phone-number").wantError(404, "CMN-102", "extensionId")
	c.get(v1+"/extension/~,435068008/forwarding-number").wantError(404, "CMN-102", "extensionId")
	c.send("PUT", v1+"/phone-number/723455008,723456008", `{"usageType":"CompanyNumber"}`).wantError(404, "CMN-102", "phoneNumberId")
}

func TestFailureOfTheWholeHasNoParts(t *testing.T) {
	s := newServer(t, sim.Config{Limits: map[string]int{"light": 1}})
	c := admin(t, s)
	c.get("/restapi/v1.0/account/1/phone-number/1,2").wantError(404, "CMN-102", "accountId")
	c.get(v1+"/phone-number/1,2").wantError(429, "CMN-301", "")
	as(t, s, sim.StandardUserID).get(v1 + "/device/66420008,66421008").want(403)
}
