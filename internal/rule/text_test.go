package rule

import "testing"

func TestText(t *testing.T) {
	for query, want := range map[string]string{
		`{ a }`:                `{ a }`,
		`"what" query A { a }`: `       query A { a }`,
		"\"\"\"\nwhat\n\"\"\"\nfragment F on Q { a }": "   \n    \n   \nfragment F on Q { a }",
		`query ("which" $a: ID!) { a(b: $a) }`:        `query (        $a: ID!) { a(b: $a) }`,
		`query @d(a: ["x", $v]) { a }`:                `query @d(a: ["x", $v]) { a }`,
		`query ($a: [ID] "which" $b: ID) { a }`:       `query ($a: [ID]         $b: ID) { a }`,
		`{ a(b: "query") query }`:                     `{ a(b: "query") query }`,
		`query ($a: ID = "x" $b: ID) { a }`:           `query ($a: ID = "x" $b: ID) { a }`,
		`{ a(b: 1, c: 2.5 d: 3) }`:                    `{ a(b: 1, c: 2.5 d: 3) }`,
		`{ a(b: "\ud83d\ude00 \\ud83d \" é") }`:       `{ a(b: "\ud83d\ude00 \\ud83d \" é") }`,
		`{ a(b: """x \""" y""", c: "") }`:             `{ a(b: """x \""" y""", c: "") }`,
		`{ a(b: """""") }`:                            `{ a(b: """""") }`,
		`{ a(b: "unterminated`:                        `{ a(b: "unterminated`,
		"\"é\" query ($a: ID) { a(b: \"é\") }":        "    query ($a: ID) { a(b: \"é\") }",
		``:                                            ``,
	} {
		if got, err := Text(query); got != want || err != nil {
			t.Errorf("%s:\n%q, want\n%q, %v", query, got, want, err)
		}
	}
	for _, query := range []string{
		`{ a(b: 1c: 2) }`, `{ a(b: 1.5c: 2) }`, `{ a(b: 0x1) }`, `{ a(b: """1"""") }`, `{ a(b: """1""""") }`, `{ a(b: """"""""") }`,
		`{ a(b: "\ud83d") }`, `{ a(b: "\ude00\ud83d") }`, `{ a(b: "\ud83dx") }`, `{ a(b: "\ud83d\u0041") }`,
	} {
		if _, err := Text(query); err == nil || len(err.Locations) != 1 {
			t.Errorf("%s: %v", query, err)
		}
	}
}
