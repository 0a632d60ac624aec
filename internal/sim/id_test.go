package sim

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestParseID(t *testing.T) {
	for text, want := range map[string]int64{
		"401145624008": 401145624008, "1": 1,
		"": 0, "0": 0, "-1": 0, "+1": 0, "01": 0, "1.0": 0, " 1": 0, "~": 0, "99999999999999999999": 0, "1,2": 0,
	} {
		if got := parseID(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestSplitIDs(t *testing.T) {
	for text, want := range map[string][]string{
		"1": {"1"}, "1,2": {"1", "2"}, " 1 , 2 ": {"1", "2"}, "1,": {"1", ""}, "": {""}, "~,1,1": {"~", "1", "1"},
	} {
		if got := splitIDs(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// Whatever stands in a path, the server answers, and with as many parts as there are commas.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"723455008", "1,2", "~", " 723455008 ,987654321", "%2C", "..", "a/b", "", ",", "\x00", "é,ü", strings.Repeat("1,", 60)} {
		f.Add(seed)
	}
	s, err := New(Config{Limits: map[string]int{}})
	if err != nil {
		f.Fatal(err)
	}
	token := s.Token(AdministratorID)
	f.Fuzz(func(t *testing.T, id string) {
		for _, tail := range []string{"/phone-number/", "/extension/", "/device/", "/call-queues/"} {
			r := httptest.NewRequest(http.MethodGet, "/restapi/v1.0/account/~"+tail+url.PathEscape(id), nil)
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			commas := strings.Count(id, ",")
			switch w.Code {
			case http.StatusMultiStatus:
				if commas == 0 || strings.Count(w.Body.String(), "\nContent-Type: application/json") != commas+2 {
					t.Errorf("%q: %s", id, w.Body)
				}
			case http.StatusOK, http.StatusNotFound, http.StatusMethodNotAllowed:
			case http.StatusBadRequest:
				if commas < 50 {
					t.Errorf("%q: %s", id, w.Body)
				}
			default:
				t.Errorf("%q: status %d", id, w.Code)
			}
		}
	})
}
