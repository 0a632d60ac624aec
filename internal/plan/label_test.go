package plan

import (
	"fmt"
	"strings"
	"testing"
)

// Names are kept for every list that a person asks for, so long arguments must not make long
// names; and other arguments are another name.
func TestLabelsAreShort(t *testing.T) {
	label := func(filter string) string {
		p := compile(t, fmt.Sprintf(`{ account { extensions(filter: [%q]) { nodes { devices(first: 2) { totalCount } } } } }`, filter))
		return Label("owners", p.Root.Children[0].Children[0].Children[0].Children[0], nil)
	}
	long := strings.Repeat("x", 4000)
	if a, b := label(long+"a"), label(long+"b"); a == b || a != label(long+"a") || len(a) > 200 {
		t.Errorf("labels of %d bytes: %.300s and %.300s", len(a), a, b)
	}
	if a := label("a"); !strings.Contains(a, `["a"]`) {
		t.Errorf("the label of a short filter is %s", a)
	}
}
