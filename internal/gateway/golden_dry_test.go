package gateway_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/tools/txtar"
)

// odd are upstreams with faults, and those that must be got to know first: what they do not
// serve, and how many ids they take.
var odd = regexp.MustCompile(`fail |many ids|answer|generation`)

// A dry run of every golden query sends nothing, and the query then takes, of each group, no
// fewer calls than it was sure to and no more than it was bound to. Odd upstreams are left
// out: what is sent again is not foretold.
func TestGoldenDryRuns(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files")
	}
	check := newContract(t)
	for _, f := range files {
		ar, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if odd.MatchString(section(ar, "sim.txt")) || section(ar, "header.txt") != "" || section(ar, "gateway.txt") != "" {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCase(t, ar, check)
				if before := section(ar, "before.graphql"); before != "" {
					c.post(t, before, "")
				}
				c.compare(t, section(ar, "query.graphql"), section(ar, "variables.json"))
			})
		})
	}
}
