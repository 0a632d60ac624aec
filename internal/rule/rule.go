// Package rule holds the rules that a document has to keep, as the GraphQL specification
// of September 2025 has them: those of the library, but for what these let through or take
// too long for. It must not know what is done with a valid document.
package rule

import (
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Rules returns the rules. Without suggestions no error tells what the schema holds: a
// misspelt name is answered by the names that come close otherwise.
func Rules(suggest bool) *rules.Rules {
	r := rules.NewDefaultRules()
	if !suggest {
		for _, twins := range [][2]core.Rule{
			{rules.FieldsOnCorrectTypeRule, rules.FieldsOnCorrectTypeRuleWithoutSuggestions},
			{rules.KnownArgumentNamesRule, rules.KnownArgumentNamesRuleWithoutSuggestions},
			{rules.KnownTypeNamesRule, rules.KnownTypeNamesRuleWithoutSuggestions},
			{rules.ScalarLeafsRule, rules.ScalarLeafsRuleWithoutSuggestions},
			{rules.ValuesOfCorrectTypeRule, rules.ValuesOfCorrectTypeRuleWithoutSuggestions},
		} {
			r.RemoveRule(twins[0].Name)
			r.AddRule(twins[1].Name, twins[1].RuleFunc)
		}
	}
	for _, values := range []core.Rule{rules.ValuesOfCorrectTypeRule, rules.ValuesOfCorrectTypeRuleWithoutSuggestions} {
		r.ReplaceRule(values.Name, private(values.RuleFunc)) // which of the two there is
	}
	r.ReplaceRule(rules.OverlappingFieldsCanBeMergedRule.Name, overlappingFieldsCanBeMerged)
	r.AddRule("LiteralsFit", literalsFit)
	return r
}
