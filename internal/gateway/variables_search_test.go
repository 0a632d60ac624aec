package gateway_test

import (
	"testing"

	"github.com/ringql/ringql/graph"
)

// searched is the one filter that something has to stand in.
const searched = "AvailablePhoneNumberFilter"

// A null in a search is as good as nothing there, however it is written.
func TestNullInSearch(t *testing.T) {
	check := newContract(t)
	for _, f := range graph.NewExecutableSchema(graph.Config{}).Schema().Types[searched].Fields {
		area := "npa: \"650\""
		if f.Name == "npa" {
			area = "areaCode: 650"
		}
		query := func(defs, filter string) string {
			return "query" + defs + " {\n availablePhoneNumbers(first: 2, filter: {" + area + filter + "}) { phoneNumber } }"
		}
		want := ask(t, check, query("", ""), "")
		for what, got := range map[string]string{
			"null":               ask(t, check, query("", ", "+f.Name+": null"), ""),
			"variable null":      ask(t, check, query("($v: "+f.Type.String()+")", ", "+f.Name+": $v"), `{"v": null}`),
			"variable not given": ask(t, check, query("($v: "+f.Type.String()+")", ", "+f.Name+": $v"), `{}`),
		} {
			if got != want {
				t.Errorf("%s, %s:\ngot\n%s\nwant\n%s", f.Name, what, got, want)
			}
		}
	}
}
