package gateway_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

// seeds are the documents that the product was asked for from; they are not part of the
// project.
const seeds = "../../../shared/seeds/*.txt"

var (
	rcCode = regexp.MustCompile(`[A-Z]{3}-\d{3}`)
	mapped = regexp.MustCompile(`"rcCode": "([A-Z]{3}-\d{3})"`)
	staged = regexp.MustCompile(`(?m)^fail \w+ \d+ times: (status|replace)`)
)

// Every error code that the seeds print is in some golden file, where the simulator gives
// it by its state and not because it was told to, and the client sees it.
func TestSeedsCodesAreSeen(t *testing.T) {
	files, err := filepath.Glob(seeds)
	if err != nil || len(files) == 0 {
		t.Skip("the seeds are not part of this repository, and are not beside it here")
	}
	var want []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, rcCode.FindAllString(string(text), -1)...)
	}
	slices.Sort(want)
	want = slices.DeleteFunc(slices.Compact(want), func(code string) bool {
		return !slices.Contains([]string{"CMN", "FPN", "AWR", "OAU"}, code[:3]) // sku and the like look the same
	})
	if len(want) < 14 {
		t.Errorf("only %q were found in the seeds", want)
	}
	seen := map[string]bool{}
	golden, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range golden {
		ar, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if staged.MatchString(section(ar, "sim.txt")) {
			continue
		}
		for _, m := range mapped.FindAllStringSubmatch(section(ar, "response.json"), -1) {
			seen[m[1]] = true
		}
	}
	for _, code := range want {
		if !seen[code] {
			t.Errorf("no client sees %s", code)
		}
	}
}
