package config

import (
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
	if cli.Serve.Addr != "127.0.0.1:8080" || cli.Serve.Limits.Rows != 1000 || cli.Serve.Upstream.API != "auto" || len(cli.Serve.Hosts) != 0 {
		t.Errorf("got %+v", cli.Serve)
	}
}
