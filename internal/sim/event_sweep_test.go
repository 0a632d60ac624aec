package sim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

// Whatever changes what reads show is told of, by whatever operation there is, and nothing else is.
func TestEveryOperationTellsWhatItChanges(t *testing.T) {
	hooked(t, sim.Config{Groups: true, Fax: true}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		w := &watch{t: t, s: s, c: c, r: r, used: map[string]bool{}}
		w.id = r.subscribe(c, numbers, extensions)
		w.was = w.look()
		for id := range w.was.numbers {
			w.used[id] = true
		}
		c.http = &http.Client{Transport: w, CheckRedirect: c.http.CheckRedirect}
		assign := func(id, body string) exchange {
			return exchange{operation: "assignPhoneNumberV2", path: v2 + "/phone-numbers/" + id, body: body, status: 200}
		}
		exchanges(t, s, contract{}, slices.Concat([]exchange{
			assign("246720008", `{"usageType":"ContactCenterNumber"}`),
			assign("246720008", `{"usageType":"ContactCenterNumber","type":"FaxOnly"}`),
			assign("246720008", `{"usageType":"ContactCenterNumber","contactCenterProvider":{"id":"2","name":"Another"}}`),
			assign("723457008", `{"usageType":"DirectNumber","type":"VoiceOnly","extension":{"id":"`+sim.AdministratorID+`"}}`),
		}, allExchanges(), []exchange{
			{operation: "deletePhoneNumberById", path: v1 + "/phone-number/246720008", status: 204},
		}), c)
		for _, want := range []string{"number Created", "number Updated", "number Deleted", "extension Create", "extension Update", "extension Delete"} {
			if !slices.ContainsFunc(w.told, func(got string) bool { return strings.HasPrefix(got, want) }) {
				t.Errorf("nothing told %s", want)
			}
		}
	})
}

// watch compares, around every call that is no GET, what reads show with what is told.
type watch struct {
	t    *testing.T
	s    *sim.Server
	c    caller
	r    *receiver
	id   string // of the subscription
	was  view
	used map[string]bool // numbers that were ever in use
	told []string
}

// view is what reads show of the company, by id.
type view struct{ numbers, contactCenter, details, status, owned, members map[string]string }

func (w *watch) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.s.Transport().RoundTrip(req)
	if req.Method == http.MethodGet || err != nil {
		return resp, err
	}
	is := w.look()
	want := w.was.changes(is, w.used, w.exists)
	w.was = is
	for id := range is.numbers {
		w.used[id] = true
	}
	var got []string
	for _, e := range w.r.take() {
		if e.SubscriptionID == w.id {
			got = append(got, e.brief(w.t))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	equal(w.t, req.Method+" "+req.URL.Path, got, want)
	w.told = append(w.told, got...)
	return resp, nil
}

// brief is "number Updated 987654321" or "extension Update 435068008 [CompanyNumbers]".
func (e event) brief(t testing.TB) string {
	t.Helper()
	var body struct {
		EventType       string
		PhoneNumberInfo struct{ ID string }
		ExtensionID     string
		Hints           []string
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		t.Error(err)
	}
	out := "number " + body.EventType + " " + body.PhoneNumberInfo.ID
	if body.ExtensionID != "" {
		out = "extension " + body.EventType + " " + body.ExtensionID
	}
	if body.Hints != nil {
		out += fmt.Sprint(" ", body.Hints)
	}
	return out
}

func (w *watch) exists(number string) bool {
	return w.c.get(v1+"/phone-number/"+number).status == http.StatusOK
}

func (w *watch) look() view {
	v := view{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	for _, n := range w.c.get(v1 + "/phone-number?perPage=1000").records() {
		id := idOf(n)
		v.numbers[id] = text(n)
		if n["usageType"] == "ContactCenterNumber" {
			v.contactCenter[id] = text(n)
		}
		if owner, ok := n["extension"].(map[string]any); ok {
			v.owned[idOf(owner)] += text(n)
		}
	}
	var ids []string
	for _, e := range w.c.get(v1 + "/extension?perPage=1000").records() {
		ids = append(ids, idOf(e))
		v.status[idOf(e)] = e["status"].(string)
		if e["type"] == "Department" {
			v.members[idOf(e)] = string(w.c.get(v1 + "/call-queues/" + idOf(e) + "/members").body)
		}
	}
	for some := range slices.Chunk(ids, 49) {
		var parts []struct {
			ResourceID string
			Body       map[string]any
		}
		w.c.get(v1+"/extension/"+strings.Join(some, ",")+",~", "Accept", vendorJSON).into(&parts)
		for _, p := range parts {
			v.details[p.ResourceID] = text(p.Body)
		}
	}
	return v
}

func idOf(record map[string]any) string { return fmt.Sprintf("%.0f", record["id"]) }

func text(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

// changes says what is to be told of the way from v to next, in brief.
func (v view) changes(next view, used map[string]bool, exists func(string) bool) (out []string) {
	for id := range union(v.contactCenter, next.contactCenter) {
		was, before := v.contactCenter[id]
		is, after := next.contactCenter[id]
		switch {
		case before && !after && !exists(id):
			out = append(out, "number Deleted "+id)
		case !before && after && !used[id]:
			out = append(out, "number Created "+id)
		case was != is:
			out = append(out, "number Updated "+id)
		}
	}
	for id := range union(v.details, next.details) {
		was, before := v.details[id]
		is, after := next.details[id]
		var hints []string
		if v.status[id] != next.status[id] {
			hints = append(hints, "AccountStatus")
		}
		if v.members[id] != next.members[id] {
			hints = append(hints, "CallQueueMembersChange")
		}
		if v.owned[id] != next.owned[id] {
			hints = append(hints, "CompanyNumbers")
		}
		if was != is || v.departments(id) != next.departments(id) {
			hints = append(hints, "ExtensionInfo")
		}
		switch {
		case !before:
			out = append(out, "extension Create "+id)
		case !after:
			out = append(out, "extension Delete "+id)
		case hints != nil:
			out = append(out, fmt.Sprint("extension Update ", id, " ", hints))
		}
	}
	return out
}

// departments are the queues that an extension is a member of.
func (v view) departments(id string) (out string) {
	for _, queue := range slices.Sorted(maps.Keys(v.members)) {
		if strings.Contains(v.members[queue], `"id":`+id+",") || strings.Contains(v.members[queue], `"id":"`+id+`"`) {
			out += queue + " "
		}
	}
	return out
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}
