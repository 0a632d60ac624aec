package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/tools/txtar"
)

// Whatever is remembered, and for however long, the answers are those of the golden files:
// changes are seen by the queries that follow.
func TestGoldenRemembered(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files")
	}
	check := newContract(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			ar := txtar.Parse(text)
			if set(ar, "gateway.txt", section(ar, "gateway.txt")+"\ncache = 1h\n"); section(ar, "counts.txt") != "" {
				t.Skip("its answer is not in the file")
			}
			if strings.Contains(section(ar, "response.json"), `"BUDGET_EXCEEDED"`) {
				t.Skip("what is remembered needs no budget")
			}
			if strings.HasPrefix(filepath.Base(f), "device_order_async_") {
				t.Skip("the simulated order gets on each time it is looked at")
			}
			synctest.Test(t, func(t *testing.T) {
				c := newCase(t, ar, check)
				if got, want := c.run(t, ar), section(ar, "response.json"); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}
