package config

import (
	"slices"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	for host, good := range map[string]bool{
		"example.com": true, "127.0.0.1": true, "::1": true, "localhost": true,
		"http://example.com": false, "example.com:8080": false, "example.com/": false, "a b": false, "": false,
	} {
		if err := hosts("RINGQL_HOSTS", []string{host}); (err == nil) != good || err != nil && !strings.Contains(err.Error(), "RINGQL_HOSTS") {
			t.Errorf("%q: %v", host, err)
		}
	}
}

// A variable that is set to nothing is not set.
func TestEmptyVariables(t *testing.T) {
	for _, name := range []string{"RINGQL_ADDR", "RINGQL_TIMEOUT", "RINGQL_MAX_ROWS", "RINGQL_HOSTS", "RINGCENTRAL_API", "RINGQL_SIM_ADDR"} {
		t.Setenv(name, "")
	}
	cli, _ := Parse([]string{"serve"}, "test")
	if cli.Serve.Addr != "127.0.0.1:8080" || cli.Serve.Limits.Rows != 1000 || cli.Serve.Upstream.API != "auto" || !slices.Equal(cli.Serve.Web.Hosts, []string{"localhost", "127.0.0.1", "::1"}) {
		t.Errorf("got %+v", cli.Serve)
	}
}

// The schema is told where only a developer asks for it, unless it is said otherwise.
func TestIntrospectionByDefault(t *testing.T) {
	app := []string{"--ringcentral-client-id=x", "--ringcentral-client-secret=y", "--ringcentral-jwt=z"}
	for _, tt := range []struct {
		args []string
		want bool
	}{
		{nil, true},
		{[]string{"--addr=:8080"}, true}, // the simulator has no secrets
		{app, true},
		{append([]string{"--addr=:8080"}, app...), false},
		{append([]string{"--hosts=api.example.com"}, app...), false}, // a proxy on this machine passes on others' requests
		{append([]string{"--addr=:8080", "--introspection"}, app...), true},
		{[]string{"--no-introspection"}, false},
	} {
		cli, _ := Parse(append([]string{"serve"}, tt.args...), "test")
		if *cli.Serve.Introspection != tt.want {
			t.Errorf("%v: %t", tt.args, !tt.want)
		}
	}
}

func TestOrigins(t *testing.T) {
	for origin, good := range map[string]bool{
		"https://app.example.com": true, "http://localhost:3000": true,
		"*": false, "https://*.example.com": false, "app.example.com": false, "https://app.example.com/": false, "https://a@b": false,
		"null": false, "file://x": false, "https://[a-z].example": false, "": false,
	} {
		if err := (Web{Origins: []string{origin}}).validate(); (err == nil) != good {
			t.Errorf("%q: %v", origin, err)
		}
	}
}

// A gateway key has a name and is no short one; a bad one is not shown.
func TestKeys(t *testing.T) {
	long := strings.Repeat("k", 32)
	for key, good := range map[string]bool{
		"a=" + long: true, "a.b-c_1=" + long: true, "a=sha256:" + long + long: false, "a=sha256:" + strings.Repeat("0f", 32): true,
		long: false, "=" + long: false, "a b=" + long: false, "a=" + long[1:]: false, "": false,
	} {
		err := keys("RINGQL_KEYS", []string{"x=" + long, key})
		if (err == nil) != good || err != nil && (!strings.Contains(err.Error(), "RINGQL_KEYS") || strings.Contains(err.Error(), "kkk")) {
			t.Errorf("%q: %v", key, err)
		}
	}
}
