package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// A page whose cookie has gone still shows its session's token. It must not act as the
// service's person, who may do more than whoever had signed in.
func TestLapsedSessionIsNotTheService(t *testing.T) {
	up, err := sim.New(sim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := newStack(t, func(c *gateway.Config) {
		c.Auth, err = auth.New(auth.Config{
			App: auth.App{ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret)},
			JWT: auth.NewSecret(sim.JWT(sim.AdministratorID)), Tokens: up.Transport(), Door: &auth.DoorConfig{}, Log: c.Log,
		})
		if err != nil {
			t.Fatal(err)
		}
		c.REST = rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Transport: rest.Chain(up.Transport(), auth.Transport())})
	})
	const query = `{"query":"{ viewer { name } }"}`
	for token, want := range map[string]string{"": `"John Smith"`, "x": `"reason":"UNKNOWN"`} {
		a := s.send(t, http.MethodPost, "/graphql", query, "Content-Type", "application/json", auth.CSRFHeader, token)
		if !strings.Contains(a.text, want) || (a.status == http.StatusOK) != (token == "") {
			t.Errorf("with token %q: %d %s", token, a.status, a.text)
		}
	}
	nobody, lapsed := s.dial(t, "graphql-transport-ws"), s.dial(t, "graphql-transport-ws")
	nobody.write(`{"type":"connection_init"}`)
	nobody.expect(`"connection_ack"`)
	nobody.write(subscribe("1", "{ viewer { name } }"))
	nobody.expect(`"John Smith"`)
	lapsed.write(fmt.Sprintf(`{"type":"connection_init","payload":{%q:"x"}}`, auth.CSRFHeader))
	lapsed.expectClose(4403)
	byToken := s.dial(t, "graphql-transport-ws")
	byToken.write(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s",%q:"x"}}`, up.Token(sim.StandardUserID), auth.CSRFHeader))
	byToken.expect(`"connection_ack"`)
	byToken.write(subscribe("1", "{ viewer { name } }"))
	byToken.expect(`"Jane Smith"`)
}
