package rest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// unlister is an upstream that removes numbers but those with the id "gone", and takes so
// many at once.
type unlister struct {
	most int
	form string // of an answer in parts
	sent []string
}

func (u *unlister) RoundTrip(r *http.Request) (*http.Response, error) {
	if u.sent = append(u.sent, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]); r.Method != http.MethodDelete {
		return nil, errors.New("not a removal")
	}
	const gone = `{"errorCode":"CMN-102","message":"no","parameterName":"blockedNumberId"}`
	ids := strings.Split(u.sent[len(u.sent)-1], ",")
	switch {
	case len(ids) > u.most:
		return answerWith(r, 400, fmt.Sprintf(`{"errors":[{"errorCode":"CMN-106","message":"limited to %d entries"}]}`, u.most)), nil
	case !slices.Contains(ids, "gone"):
		return answerWith(r, 204, ""), nil
	case len(ids) == 1:
		return answerWith(r, 404, gone), nil
	}
	var parts, index, mixed []string
	for _, id := range ids {
		status, body := 204, ""
		if id == "gone" {
			status, body = 404, gone
		}
		parts = append(parts, fmt.Sprintf(`{"resourceId":%q,"status":%d,"body":{%s}}`, id, status, strings.Trim(body, "{}")))
		index = append(index, fmt.Sprintf(`{"status":%d}`, status))
		mixed = append(mixed, "--b\r\nContent-Type: application/json\r\n\r\n"+body+"\r\n")
	}
	resp := answerWith(r, 207, "["+strings.Join(parts, ",")+"]")
	if u.form == "multipart/mixed; boundary=b" {
		resp = answerWith(r, 207, "--b\r\n\r\n{\"response\":["+strings.Join(index, ",")+"]}\r\n"+strings.Join(mixed, "")+"--b--")
	}
	resp.Header.Set("Content-Type", u.form)
	return resp, nil
}

func TestDeletingManyNumbers(t *testing.T) {
	ext := ExtensionID{Key{Own, "5"}}
	for _, tt := range []struct {
		most int
		form string
		ids  []string
		sent []string
	}{
		{50, "", []string{"a"}, []string{"a"}},
		{50, "", []string{"gone"}, []string{"gone"}},
		{50, "", []string{"b", "a"}, []string{"a,b"}},
		{50, manyIDsType, []string{"b", "gone", "a"}, []string{"a,b,gone"}},
		{50, "multipart/mixed; boundary=b", []string{"b", "gone", "a"}, []string{"a,b,gone"}},
		{2, manyIDsType, []string{"b", "gone", "a"}, []string{"a,b,gone", "a,b", "gone"}}, // a refusal of all says that nothing was done
	} {
		u := &unlister{most: tt.most, form: tt.form}
		found := New(Config{BaseURL: "http://upstream", Transport: u}).DeleteBlockedAllowedNumbers(t.Context(), []ListedNumbers{{ext, tt.ids}})[0]
		if len(found) != len(tt.ids) || !slices.Equal(u.sent, tt.sent) {
			t.Errorf("%v: sent %q, got %v", tt.ids, u.sent, found)
		}
		for id, err := range found {
			if Missing(err, "blockedNumberId") != (id == "gone") || err != nil && id != "gone" {
				t.Errorf("%v: %s: %v", tt.ids, id, err)
			}
		}
	}
	// An answer in parts that cannot be read says that something was done, and not what.
	u := &unlister{most: 50, form: "multipart/mixed; boundary=other"}
	found := New(Config{BaseURL: "http://upstream", Transport: u}).DeleteBlockedAllowedNumbers(t.Context(), []ListedNumbers{{ext, []string{"x", "gone"}}})[0]
	if !errors.Is(found["x"], ErrLost) || !errors.Is(found["gone"], ErrLost) || len(u.sent) != 1 {
		t.Errorf("sent %q, got %v", u.sent, found)
	}
}

func TestBlockedAllowedNumberID(t *testing.T) {
	for number, want := range map[string]string{
		"+17179665004": "MTcxNzk2NjUwMDQ", "17179665004": "MTcxNzk2NjUwMDQ", "+1 (650) 345-6789": "MTY1MDM0NTY3ODk",
	} {
		if got := BlockedAllowedNumberID(number); got != want {
			t.Errorf("%s: %s", number, got)
		}
	}
}
