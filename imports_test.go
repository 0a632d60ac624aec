package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows lists, for each package, which of ours it may import. It is the table of
// the architecture: change both together.
var arrows = map[string]string{
	"bench":                      "",
	"graph":                      "graph/model internal/change internal/rest",
	"graph/model":                "internal/change internal/paging internal/rest",
	"graph/model/gen":            "",
	"graph/resolvers":            "graph graph/model internal/change internal/loader internal/notify internal/paging internal/plan internal/rest",
	"internal/admission":         "",
	"internal/auth":              "",
	"internal/budget":            "",
	"internal/change":            "internal/admission internal/loader internal/rest",
	"internal/cluster":           "internal/auth internal/budget internal/notify internal/rest",
	"internal/cluster/redistest": "",
	"internal/config":            "",
	"internal/gateway":           "graph graph/model graph/resolvers internal/admission internal/auth internal/budget internal/change internal/limit internal/loader internal/notify internal/paging internal/plan internal/rest internal/rule",
	"internal/limit":             "",
	"internal/loader":            "internal/budget internal/plan internal/rest",
	"internal/notify":            "internal/rest",
	"internal/paging":            "internal/rest",
	"internal/plan":              "internal/budget internal/paging internal/rest",
	"internal/rest":              "internal/admission internal/budget",
	"internal/rule":              "",
	"internal/sim":               "",
	"internal/wiring":            "internal/auth internal/budget internal/cluster internal/config internal/gateway internal/limit internal/notify internal/rest",
	"test/hostile":               "",
	"test/overload":              "",
	"test/program":               "internal/config internal/gateway internal/sim internal/wiring",
	"test/replicas":              "",
}

const module = "github.com/ringql/ringql/"

func TestArrows(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		pkg, ours := strings.CutPrefix(f[0], module)
		if !ours {
			continue // package main wires everything
		}
		seen[pkg] = true
		allowed, known := arrows[pkg]
		if !known {
			t.Errorf("%s: new package, say in arrows what it may import", pkg)
		}
		for _, imp := range f[1:] {
			if imp, ours := strings.CutPrefix(imp, module); ours && !slices.Contains(strings.Fields(allowed), imp) {
				t.Errorf("%s imports %s", pkg, imp)
			}
		}
	}
	for pkg := range arrows {
		if !seen[pkg] {
			t.Errorf("%s stands in arrows and is no package", pkg)
		}
	}
}

// The schema's package holds no hand-written Go, and main is small.
func TestRooms(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .GoFiles " "}}`, "./graph", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(out)); !slices.Equal(got, []string{"generated.go", "server.go"}) {
		t.Errorf("graph and main hold %v", got)
	}
}
