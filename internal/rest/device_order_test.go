package rest

import (
	"errors"
	"strings"
	"testing"
)

// What an answer to an order has to have, and where its id is found.
func TestCreateDeviceOrder(t *testing.T) {
	order := []OrderedDevice{{Type: HardPhone, BoxBillingID: "99999999999999999999", Extension: &ByNumber{"435068008"}}}
	for answer, want := range map[string]string{
		`200 {"devices":[{"id":"5"}]}`:                                           "",
		`200 {"id":"7","devices":[]}`:                                            "7",
		`200 {"id":7,"devices":[]}`:                                              "7",
		`200 {"id":"x/7","devices":[]}`:                                          "",
		`200 {"uri":"https://a/account/401/order/8?x=1","devices":[]}`:           "8",
		`200 {"task":{"id":"9","uri":"https://a/account/401/order/8"}}`:          "8",
		`200 {"task":{"id":"9","uri":"https://a/account/401/order/8/devices"}}`:  "",
		`200 {"task":{"id":"9","uri":"https://a/account/401/order/08"}}`:         "",
		`200 {"task":{"id":"9","uri":"https://a/account/401/task/9"}}`:           "",
		`200 {"id":"7","task":{"id":"9","uri":"https://a/account/401/order/8"}}`: "7",
		`200 {"devices":[{"name":"no id"}]}`:                                     "lost",
		`200 {}`:                                                                 "lost",
		`200 `:                                                                   "lost",
		`200 {"devices":null,"task":null}`:                                       "lost",
		`404 {"errorCode":"CMN-120","message":"Invalid URI"}`:                    "not served",
		`503 {"errorCode":"CMN-201","message":"Service Temporary Unavailable"}`:  "not sent",
		`503 <html>`: "lost",
	} {
		s := &script{answers: map[string][]string{"createDeviceOrder": {answer}}}
		made, err := New(Config{BaseURL: "http://u", Transport: s}).CreateDeviceOrder(t.Context(), "401", order, false)
		var got string
		switch {
		case errors.Is(err, ErrLost):
			got = "lost"
		case errors.Is(err, ErrNotServed):
			got = "not served"
		case err != nil:
			got = "not sent"
		default:
			got = made.RcID()
		}
		if got != want || len(s.sent) != 1 {
			t.Errorf("%s: %q, want %q; sent %q: %v", answer, got, want, s.sent, err)
		}
		if body := `{"devices":[{"type":"HardPhone","boxBillingId":99999999999999999999,"extension":{"id":435068008}}]}`; !strings.HasSuffix(s.sent[0], body) {
			t.Errorf("sent %s", s.sent[0])
		}
	}
}

func TestLoadDeviceOrder(t *testing.T) {
	for answer, ok := range map[string]bool{
		`200 {"id":"7","uri":"https://a/account/401/order/7","devices":[{"id":"5"}]}`: true,
		`200 {"id":7}`:                         true,
		`200 {"id":"8","devices":[]}`:          false,
		`200 {"devices":[{"id":"5"}]}`:         false,
		`200 {"id":"7","devices":[{"x":"5"}]}`: false,
	} {
		s := &script{answers: map[string][]string{"loadDeviceOrder": {answer}}}
		o, err := New(Config{BaseURL: "http://u", Transport: s}).LoadDeviceOrder(t.Context(), "401", "7")
		if (err == nil) != ok || !ok && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", answer, err)
		}
		if ok && (o.Ordered == nil || o.ID.Account != "401") {
			t.Errorf("%s: %+v", answer, o)
		}
	}
}

// A list, one object, or a list like others; and prices in all their forms.
func TestShippingOptionsInAllForms(t *testing.T) {
	for answer, want := range map[string]int{
		`200 [{"quantity":1,"price":15,"method":{"id":"1"}},{"price":"25.5","method":{"id":2}}]`: 2,
		`200 {"quantity":1,"price":15,"method":{"id":"1","name":"Ground"}}`:                      1,
		`200 {"records":[{"price":15,"method":{"id":"1"}}]}`:                                     1,
		`200 {"records":[]}`:                     0,
		`200 []`:                                 0,
		`200 {}`:                                 -1,
		`200 [{"price":15}]`:                     -1,
		`200 [{"price":{},"method":{"id":"1"}}]`: -1,
		`200 "none"`:                             -1,
		`200 null`:                               -1,
		`200 [{"price":15,"method":{"id":"1"}}`:  -1,
	} {
		s := &script{answers: map[string][]string{"listShippingOptions": {answer}}}
		all, err := New(Config{BaseURL: "http://u", Transport: s}).ListShippingOptions(t.Context(), ShippingFor{Quantity: 3})
		got := len(all)
		if err != nil {
			got = -1
		}
		if got != want || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %d, %v", answer, got, err)
		}
	}
	price := func(text ID) *float64 { return (&ShippingOption{Charged: text}).Price() }
	if p := price("25.5"); p == nil || *p != 25.5 || price("") != nil || price("free") != nil {
		t.Errorf("prices %v, %v, %v", price("25.5"), price(""), price("free"))
	}
}
