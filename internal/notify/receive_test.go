package notify_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

// Whatever is sent to the address of webhooks gets a short answer, and an event none but
// RingCentral's own.
func TestReceiver(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		s := w.subscribe(g, w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		w.sim.RaiseEvents(1)
		s.next()
		synctest.Wait() // it is answered
		good := w.door.told[len(w.door.told)-1]
		if w.door.answer.Code != 200 || w.door.answer.Body.Len() > 0 {
			t.Errorf("answered %+v", w.door.answer)
		}
		if !slices.ContainsFunc(w.door.told, func(h http.Header) bool { return h.Get("Validation-Token") != "" }) || good.Get("Verification-Token") == "" {
			t.Fatalf("no handshake, or no token: %v", w.door.told)
		}
		nonce, token := w.door.nonce, good.Get("Verification-Token")
		other := newWorld(t)
		other.subscribe(other.gateway(nil), other.person(sim.AdministratorID), "").gap(notify.Started)
		for name, c := range map[string]struct {
			method, nonce string
			header        []string
			body          string
			status        int
		}{
			"no nonce":        {"POST", "", nil, "{}", 404},
			"odd nonce":       {"POST", strings.Repeat("1", 200) + ".x", nil, "{}", 404},
			"made-up nonce":   {"POST", sim.AccountID + ".x", []string{"Validation-Token", "x"}, "", 404},
			"changed nonce":   {"POST", "1" + nonce, []string{"Validation-Token", "x"}, "", 404},
			"another method":  {"GET", nonce, []string{"Verification-Token", token}, "", 405},
			"no token":        {"POST", nonce, nil, "{}", 401},
			"wrong token":     {"POST", nonce, []string{"Verification-Token", "x"}, "{}", 401},
			"token elsewhere": {"POST", other.door.nonce, []string{"Verification-Token", token}, "{}", 401},
			"not current":     {"POST", other.door.nonce, []string{"Validation-Token", "x"}, "", 410},
			"long handshake":  {"POST", nonce, []string{"Validation-Token", strings.Repeat("x", 257)}, "", 400},
			"no JSON":         {"POST", nonce, []string{"Verification-Token", token, "Content-Type", "text/plain"}, "{}", 415},
		} {
			r := httptest.NewRequest(c.method, notify.Path+"?s="+c.nonce, strings.NewReader(c.body))
			for i := 0; i < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			a := httptest.NewRecorder()
			g.ServeHTTP(a, r)
			if a.Code != c.status || a.Header().Get("Validation-Token") != "" {
				t.Errorf("%s: %d %v", name, a.Code, a.Header())
			}
		}
		s.quiet()
	})
}

// Where RingCentral shows the token in the header that the newest page of its guide has, an event
// is one all the same.
func TestTokenInOtherHeader(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		s := w.subscribe(g, w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		s.told(w.sim.RaiseEvents(1)...)
		synctest.Wait() // it is answered
		token := w.door.told[len(w.door.told)-1].Get("Verification-Token")
		r := httptest.NewRequest(http.MethodPost, notify.Path+"?s="+w.door.nonce, strings.NewReader(`{"uuid":"u","event":"/restapi/v1.0/account/`+sim.AccountID+`/extension","body":{"extensionId":"1","eventType":"Create"}}`))
		r.Header.Set("Validation-Token", token)
		r.Header.Set("Content-Type", "application/json")
		a := httptest.NewRecorder()
		if g.ServeHTTP(a, r); a.Code != http.StatusOK {
			t.Errorf("answered %d", a.Code)
		}
		s.told("u")
	})
}
