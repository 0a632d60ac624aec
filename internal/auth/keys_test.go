package auth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/auth"
)

var keyOne, keyTwo = strings.Repeat("1", 32), strings.Repeat("=2", 20)

func newKeys(t *testing.T) *auth.Keys {
	t.Helper()
	sum := sha256.Sum256([]byte(keyTwo))
	keys, err := auth.NewKeys([]string{"dashboard=" + keyOne, "wall.board-2=sha256:" + hex.EncodeToString(sum[:])})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// Where there are keys, only who has one acts as the service, under a name of its own and
// with the budget of all; who brings a token is not asked for a key.
func TestGatewayKeys(t *testing.T) {
	service := &auth.Person{Key: "service"}
	a := &auth.Authenticator{Service: service, Keys: newKeys(t)}
	for key, client := range map[string]string{keyOne: "dashboard", keyTwo: "wall.board-2"} {
		p, err := a.Identify("", key)
		if err != nil || p.Key != "service" || p.Client != client || service.Client != "" {
			t.Errorf("%s: %+v, %v", client, p, err)
		}
	}
	sum := sha256.Sum256([]byte(keyTwo))
	for _, key := range []string{"x", keyOne[1:], keyOne + "1", "dashboard", "sha256:" + hex.EncodeToString(sum[:]), hex.EncodeToString(sum[:])} {
		if p, err := a.Identify("", key); p != nil || !errors.Is(err, auth.ErrKey) || strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v, %v", key, p, err)
		}
	}
	if p, err := a.Identify("", ""); p != nil || err != nil {
		t.Errorf("no key: %v, %v", p, err)
	}
	if p, err := a.Identify("Bearer own", ""); err != nil || p.Key == "service" || p.Client != "" {
		t.Errorf("a token: %+v, %v", p, err)
	}
	if p, err := a.Identify("Bearer "+keyOne, ""); err != nil || p.Key == "service" {
		t.Errorf("a key as a token: %+v, %v", p, err)
	}
}

// Without keys the service serves whoever reaches it, and without a service keys open nothing.
func TestNoGatewayKeys(t *testing.T) {
	keys, err := auth.NewKeys(nil)
	if err != nil {
		t.Fatal(err)
	}
	open := &auth.Authenticator{Service: &auth.Person{Key: "service"}, Keys: keys}
	for _, key := range []string{"", "x"} {
		if p, err := open.Identify("", key); p != open.Service || err != nil {
			t.Errorf("%q: %v, %v", key, p, err)
		}
	}
	if p, err := (&auth.Authenticator{Keys: newKeys(t)}).Identify("", keyOne); p != nil || err != nil {
		t.Errorf("%v, %v", p, err)
	}
}

// A bad key is refused by its client's name, and not shown.
func TestBadGatewayKeys(t *testing.T) {
	for _, specs := range [][]string{
		{"canary"}, {"=" + keyOne}, {"a b=" + keyOne}, {"a="}, {"a=canary"}, {"a=" + keyOne[1:]},
		{"a=sha256:canary"}, {"a=sha256:" + keyOne}, {"a=" + keyOne, "a=" + keyTwo}, {strings.Repeat("a", 65) + "=" + keyOne},
	} {
		_, err := auth.NewKeys(specs)
		if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), keyOne[1:]) {
			t.Errorf("%v: %v", specs, err)
		}
	}
	if s := fmt.Sprintf("%+v", newKeys(t)); strings.Contains(s, keyOne) {
		t.Errorf("keys are shown: %s", s)
	}
}
