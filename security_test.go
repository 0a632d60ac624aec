package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testName   = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`")
	testHeader = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)
)

// docs/security.md names a test for each threat, all that it names are there, and every fuzz
// target is named.
func TestSecurityDoc(t *testing.T) {
	doc, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	err = filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range testHeader.FindAllSubmatch(text, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range testName.FindAllSubmatch(doc, -1) {
		if named[string(m[1])] = true; !there[string(m[1])] {
			t.Errorf("there is no %s", m[1])
		}
	}
	threats, _, _ := strings.Cut(string(doc), "## Settings to look at")
	_, threats, _ = strings.Cut(threats, "## Threats")
	rows := 0
	for line := range strings.Lines(threats) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| threat") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if rows++; len(cells) != 3 || !testName.MatchString(cells[2]) {
			t.Errorf("no test is named: %s", line)
		}
	}
	if rows < 20 {
		t.Errorf("%d threats", rows)
	}
	for name := range there {
		if strings.HasPrefix(name, "Fuzz") && !named[name] && name != "FuzzVerdict" { // that is about what is valid GraphQL
			t.Errorf("%s is not in it", name)
		}
	}
}
