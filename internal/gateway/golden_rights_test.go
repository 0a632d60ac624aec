package gateway_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"golang.org/x/tools/txtar"
)

// profile makes the gateway know what the user may do.
const profile = `{ capabilities { permissions } }`

// What is known not to be allowed is refused before a call, and nothing else is: every golden
// mutation, by three kinds of people, and every query, by one of them, fails in the same fields
// whether their rights are known or not, and takes no more calls. Of a mutation that they may
// not make they are told so before what else is wrong with it, or that there is nothing to
// change.
func TestGoldenRights(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files")
	}
	check := newContract(t)
	var spared atomic.Int64
	t.Cleanup(func() {
		if spared.Load() < 100 {
			t.Errorf("only %d calls are spared by knowing rights", spared.Load())
		}
	})
	kinds := []string{"reader", "standard user", "number manager"}
	for i, f := range files {
		ar, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		asked := kinds
		if !strings.Contains(section(ar, "query.graphql"), "mutation") {
			asked = kinds[i%len(kinds):][:1] // there are hundreds
		}
		for _, as := range asked {
			if set := section(ar, "gateway.txt"); odd.MatchString(section(ar, "sim.txt")) || set != "" && !strings.Contains(set, "as = "+as) {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar")+"/"+as, func(t *testing.T) {
				t.Parallel()
				blind, calls := withRights(t, ar, check, as, false)
				aware, fewer := withRights(t, ar, check, as, true)
				if limited(blind.errors) || limited(aware.errors) {
					return // by which call a limit is met is another matter
				}
				for path, code := range aware.errors {
					if was := blind.errors[path]; was != code && (code != "FORBIDDEN" || was == "" && blind.made[path]) {
						t.Errorf("%s is %s when rights are known, and was %q", path, code, was)
					}
				}
				for path, code := range blind.errors {
					if aware.errors[path] == "" {
						t.Errorf("%s is no error when rights are known, and was %s", path, code)
					}
				}
				if fewer > calls {
					t.Errorf("%d calls when nothing is known, %d when rights are", calls, fewer)
				}
				spared.Add(int64(calls - fewer))
			})
		}
	}
}

func limited(errs map[string]string) bool {
	for _, code := range errs {
		if code == "RATE_LIMITED" {
			return true
		}
	}
	return false
}

// outcome is what a query came to.
type outcome struct {
	errors map[string]string // codes by path
	made   map[string]bool   // the paths of mutations that changed all they should, or may have, or are queries
}

// withRights runs a golden query as somebody whose rights are known, or not, and tells what it
// came to and how many calls it took.
func withRights(t *testing.T, ar *txtar.Archive, check *contract, as string, known bool) (out outcome, calls int) {
	t.Helper()
	out = outcome{map[string]string{}, map[string]bool{}}
	synctest.Test(t, func(t *testing.T) {
		mine := &txtar.Archive{Files: slices.Clone(ar.Files)}
		text := "as = " + as + "\n"
		if known && as == "reader" {
			text += "scopes = ReadAccounts\n"
		}
		set(mine, "gateway.txt", text)
		c := newCase(t, mine, check)
		if known && as != "reader" {
			c.post(t, profile, "")
		}
		c.sim.ResetCalls()
		if before := section(ar, "before.graphql"); before != "" {
			c.post(t, before, "")
		}
		var answer struct {
			Data   map[string]any
			Errors []struct {
				Path       []any
				Extensions struct{ Code string }
			}
		}
		if json.Unmarshal([]byte(c.post(t, section(ar, "query.graphql"), section(ar, "variables.json"))), &answer) != nil {
			return // an answer in parts
		}
		for _, e := range answer.Errors {
			out.errors[fmt.Sprint(e.Path)] = e.Extensions.Code
		}
		for name, payload := range answer.Data {
			p, _ := payload.(map[string]any)
			said, told := p["outcome"].(string)
			out.made[fmt.Sprint([]any{name})] = !told || said == "APPLIED" || said == "UNKNOWN"
		}
		calls = len(c.sim.Calls())
	})
	return out, calls
}
