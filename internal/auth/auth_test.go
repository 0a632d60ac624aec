package auth

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestIdentify(t *testing.T) {
	service := &Person{Key: "service"}
	a := &Authenticator{Service: service}
	for header, want := range map[string]error{
		"Bearer abc.DEF-123_~+/=":             nil,
		"bearer abc":                          nil,
		"BEARER abc":                          nil,
		"Basic abc":                           ErrMalformed,
		"Bearer":                              ErrMalformed,
		"Bearer ":                             ErrMalformed,
		"Bearer a b":                          ErrMalformed,
		"Bearer a\r\nX-Evil: 1":               ErrMalformed,
		"Bearer é":                            ErrMalformed,
		"abc":                                 ErrMalformed,
		"Bearer " + strings.Repeat("a", 4096): nil,
		"Bearer " + strings.Repeat("a", 4097): ErrMalformed,
	} {
		p, err := a.Identify(header, "")
		if !errors.Is(err, want) || (err == nil) != (p != nil) {
			t.Errorf("%.40q: %v, %v", header, p, err)
		}
		if p == service {
			t.Errorf("%.40q acts as the service", header)
		}
	}
	if p, err := a.Identify("", ""); p != service || err != nil {
		t.Errorf("no header: %v, %v", p, err)
	}
	if p, err := new(Authenticator).Identify("", ""); p != nil || err != nil {
		t.Errorf("no header and no service: %v, %v", p, err)
	}
}

func TestKeysTellPeopleApartAndHoldNoToken(t *testing.T) {
	a := new(Authenticator)
	one, _ := a.Identify("Bearer canary-one", "")
	again, _ := a.Identify("bearer canary-one", "")
	two, _ := a.Identify("Bearer canary-two", "")
	if one.Key != again.Key || one.Key == two.Key {
		t.Errorf("keys %s, %s, %s", one.Key, again.Key, two.Key)
	}
	if s := fmt.Sprintf("%v %s", one.Key, one.Key); strings.Contains(s, "canary") {
		t.Errorf("a key shows a token: %s", s)
	}
}

func TestNobodySendsNothing(t *testing.T) {
	link := Transport()(roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("a request of nobody's left")
		return nil, errors.ErrUnsupported
	}))
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://upstream", nil)
	_, err := link.RoundTrip(req)
	var refused interface{ NotSent() }
	if !errors.Is(err, ErrNobody) || !errors.As(err, &refused) {
		t.Errorf("err = %v", err)
	}
}
