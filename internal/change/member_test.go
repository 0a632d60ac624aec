package change

import (
	"errors"
	"strconv"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// What became of a member follows from what the upstream answered and from who is a
// member now, in that order.
func TestJudge(t *testing.T) {
	var (
		gone     = &rest.Error{Status: 500, Lost: true}
		refusing = &rest.Error{Status: 400, Code: "CMN-101", Parameter: "addedExtensionIds"}
		unsent   = errors.New("the budget is spent")
		in, out  = map[string]bool{"5": true}, map[string]bool{}
	)
	for name, tt := range map[string]struct {
		err     error
		members map[string]bool // nil when they could not be read
		want    MutationOutcome
		code    UserErrorCode
	}{
		"done, and so":           {nil, in, Applied, ""},
		"done, and not read":     {nil, nil, Applied, ""},
		"done, and not so":       {nil, out, Unknown, OutcomeUnknown},
		"lost, and so":           {gone, in, Applied, ""},
		"lost, and not read":     {gone, nil, Unknown, OutcomeUnknown},
		"lost, and not so":       {gone, out, Unknown, OutcomeUnknown},
		"refused, and so":        {refusing, in, AlreadyApplied, ""},
		"refused, and not read":  {refusing, nil, Rejected, Invalid},
		"refused, and not so":    {refusing, out, Rejected, Invalid},
		"never sent, and so":     {unsent, in, AlreadyApplied, ""},
		"never sent, nor read":   {unsent, nil, Rejected, Refused},
		"never sent, and not so": {unsent, out, Rejected, Refused},
	} {
		r := &memberRun{errs: []error{tt.err}, members: map[listAt]map[string]bool{{}: tt.members}}
		got, us := r.judge(listAt{}, "5", Add)
		if got != tt.want || (tt.code == "") != (us == nil) || us != nil && us[0].Code != tt.code {
			t.Errorf("%s: %s %+v, want %s %s", name, got, us, tt.want, tt.code)
		}
	}
}

// A bare id is one of the account at hand; a global one names its account.
func TestForeign(t *testing.T) {
	ext := func(account, id string) rest.ExtensionID {
		return rest.ExtensionID{Key: rest.Key{Account: account, RCID: id}}
	}
	for id, bad := range map[rest.ExtensionID]bool{
		ext(rest.Own, "5"): false, ext("1", "5"): false, ext("2", "5"): true, {}: false,
	} {
		if err := foreign("extensionId", "1", id); (err != nil) != bad {
			t.Errorf("%v: %v", id, err)
		}
	}
	ch := QueueChange{Queue: ext("1", "5"), Added: []rest.ExtensionID{ext(rest.Own, "6")}, Removed: []rest.ExtensionID{ext("2", "7")}}
	device := PagingGroupChange{Group: ext("1", "5"), AddedDevices: []rest.DeviceID{{Key: rest.Key{Account: "2", RCID: "7"}}}}
	for err, field := range map[error]string{
		(&Changer{}).callQueues().foreign("1", ch.group()):                            "removedExtensionIds",
		(&Changer{}).pagingGroups().foreign("1", device.group()):                      "addedDeviceIds",
		(&Changer{}).parkLocations().foreign("1", groupChange{id: ext("2", "5").Key}): "parkLocationId",
	} {
		if e, ok := errors.AsType[*ForeignError](err); !ok || e.Field != field {
			t.Errorf("%v, want %s", err, field)
		}
	}
}

func TestCheck(t *testing.T) {
	change := func(group string, added, removed, devices []string) groupChange {
		list := func(of string, added, removed []string) (l memberList) {
			l.of = of
			for _, id := range added {
				l.added = append(l.added, rest.Key{RCID: id})
			}
			for _, id := range removed {
				l.removed = append(l.removed, rest.Key{RCID: id})
			}
			return l
		}
		return groupChange{rest.Key{RCID: group}, []memberList{list("extension", added, removed), list("device", devices, nil)}}
	}
	one, two := []string{"2"}, []string{"3"}
	var many []groupChange
	for i := range mostGroups + 1 {
		many = append(many, change(strconv.Itoa(i), one, nil, nil))
	}
	var crowd []string
	for i := range mostMembers + 1 {
		crowd = append(crowd, strconv.Itoa(i))
	}
	for name, tt := range map[string]struct {
		changes []groupChange
		why     string
	}{
		"fine": {[]groupChange{change("1", one, two, nil)}, ""},
		"a device that has an id of an extension": {[]groupChange{change("1", one, nil, one)}, ""},
		"devices alone":     {[]groupChange{change("1", nil, nil, one)}, ""},
		"at the limit":      {many[:mostGroups], ""},
		"too many groups":   {many, "At most 100 paging groups at once."},
		"too many members":  {[]groupChange{change("1", crowd, nil, nil)}, "At most 1000 members at once."},
		"too many, of both": {[]groupChange{change("1", crowd[:600], nil, crowd[:600])}, "At most 1000 members at once."},
		"nothing":           {nil, "There is nothing to change."},
		"empty item":        {[]groupChange{change("1", nil, nil, nil)}, "Item 0 changes nothing."},
		"joins and leaves":  {[]groupChange{change("1", one, one, nil)}, "Item 0 names extension 2 twice."},
		"joins twice":       {[]groupChange{change("1", []string{"2", "2"}, nil, nil)}, "Item 0 names extension 2 twice."},
		"a device twice":    {[]groupChange{change("1", nil, nil, []string{"2", "2"})}, "Item 0 names device 2 twice."},
		"a group twice":     {[]groupChange{change("1", one, nil, nil), change("1", nil, two, nil)}, "Paging group 1 stands in two items."},
	} {
		bad := (&Changer{}).pagingGroups().check(tt.changes)
		if (bad == nil) != (tt.why == "") || bad != nil && bad.Message != tt.why {
			t.Errorf("%s: %+v, want %q", name, bad, tt.why)
		}
	}
}
