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

// Where there are gateway keys, a client needs one, over HTTP and WebSocket; the log calls
// it by its name and never shows the key.
func TestGatewayKeys(t *testing.T) {
	key := strings.Repeat("canary", 6)
	s := newStack(t, func(c *gateway.Config) {
		keys, err := auth.NewKeys([]string{"dashboard=" + key})
		if err != nil {
			t.Fatal(err)
		}
		cred := auth.Credential{ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret), JWT: auth.NewSecret(sim.JWT(sim.AdministratorID))}
		up, err := sim.New(sim.Config{})
		if err != nil {
			t.Fatal(err)
		}
		c.Audit = c.Log.Handler()
		c.Auth = &auth.Authenticator{Service: auth.NewService(cred, up.Transport()), Keys: keys}
		c.REST = rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Transport: rest.Chain(up.Transport(), auth.Transport())})
	})
	const mutation = `{"query":"mutation { deletePhoneNumber(input: {phoneNumberId: \"1\"}) { outcome } }"}`
	s.send(t, http.MethodPost, "/graphql", mutation, "Content-Type", "application/json", auth.KeyHeader, key)
	if log := s.log.String(); !strings.Contains(log, "mutation=deletePhoneNumber person=service") || strings.Count(log, "client=dashboard") != 2 {
		t.Errorf("the log and the audit do not name the client: %s", log)
	}
	const query = `{"query":"{ account { mainNumber } }"}`
	for _, tt := range []struct {
		name, key string
		status    int
		want      string
	}{
		{"a key", key, http.StatusOK, `"mainNumber":"+1`},
		{"another", key + "x", http.StatusUnauthorized, "does not know the key"},
		{"none", "", http.StatusOK, "UNAUTHENTICATED"},
	} {
		a := s.send(t, http.MethodPost, "/graphql", query, "Content-Type", "application/json", auth.KeyHeader, tt.key)
		if a.status != tt.status || !strings.Contains(a.text, tt.want) {
			t.Errorf("%s: %d %s", tt.name, a.status, a.text)
		}
	}
	if a := s.send(t, http.MethodGet, "/graphql?query=%7B__typename%7D", "", auth.KeyHeader, key); a.status != http.StatusOK {
		t.Errorf("a GET with a key, which no page can be made to send: %d %s", a.status, a.text)
	}
	good := s.dial(t, "graphql-transport-ws")
	good.write(fmt.Sprintf(`{"type":"connection_init","payload":{%q:%q}}`, auth.KeyHeader, key))
	good.expect(`"connection_ack"`)
	good.write(subscribe("1", "{ account { mainNumber } }"))
	good.expect(`"mainNumber":"+1`)
	bad := s.dial(t, "graphql-transport-ws")
	bad.write(fmt.Sprintf(`{"type":"connection_init","payload":{%q:"x"}}`, auth.KeyHeader))
	bad.expectClose(4403)
	if log := s.log.String(); !strings.Contains(log, "person=service client=dashboard") || strings.Contains(log, "canary") {
		t.Errorf("the log: %s", log)
	}
}
