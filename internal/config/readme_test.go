package config

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// The README's table names every setting, and no other.
func TestReadmeNamesSettings(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## Settings")
	_, table, _ = strings.Cut(table, "|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	named := map[string]bool{}
	for row := range strings.Lines(table) {
		cells := strings.Split(row, "|")
		if len(cells) != 5 || !strings.HasPrefix(row, "| `") {
			t.Fatalf("no row of three cells: %s", row)
		}
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1)
		for _, n := range names {
			named[whole(names[0][1], n[1])] = true
		}
	}
	var cli CLI
	settings := map[string]bool{}
	for _, flags := range kong.Must(&cli, kong.Vars{"version": ""}).Model.Children {
		for _, f := range flags.Flags {
			for _, env := range f.Envs {
				if !named[env] {
					t.Errorf("%s is not in the README", env)
				}
				settings[env] = true
			}
		}
	}
	for name := range named {
		if !settings[name] {
			t.Errorf("%s is in the README and no setting", name)
		}
	}
}

// whole completes a name that leaves out what it shares with the first of its row.
func whole(first, name string) string {
	if !strings.HasPrefix(name, "_") {
		return name
	}
	shared := regexp.MustCompile(`^(RINGQL_MAX|RINGQL_SIM|RINGQL_LIMIT|RINGQL_CACHE|RINGQL_EVENTS|RINGCENTRAL)_`).FindStringSubmatch(first)
	return shared[1] + name
}
