package sim

import "slices"

// regionalArgs names entries of the dictionaries; what is nil stays as it is.
type regionalArgs struct {
	HomeCountry      *entryArgs `json:"homeCountry"`
	Timezone         *entryArgs `json:"timezone"`
	Language         *entryArgs `json:"language"`
	GreetingLanguage *entryArgs `json:"greetingLanguage"`
	FormattingLocale *entryArgs `json:"formattingLocale"`
	Currency         *entryArgs `json:"currency"`
	TimeFormat       string     `json:"timeFormat"`
}

// The dictionaries, as far as extensions choose from them; countries have one of their own.
var (
	timezones = []timezone{
		{ID: "58", Name: "US/Pacific", Description: "Pacific Time (US & Canada)", Bias: "-480"},
		{ID: "57", Name: "US/Mountain", Description: "Mountain Time (US & Canada)", Bias: "-420"},
		{ID: "53", Name: "US/Eastern", Description: "Eastern Time (US & Canada)", Bias: "-300"},
	}
	languages = []language{
		{"1033", "en-US", "English (United States)"},
		{"3084", "fr-CA", "French (Canada)"},
		{"2057", "en-GB", "English (United Kingdom)"},
	}
)

func (t timezone) key() string { return t.ID }
func (l language) key() string { return l.ID }

// entry returns the entry that in names; nil for none.
func entry[E interface{ key() string }](of []E, in *entryArgs) *E {
	if in == nil {
		return nil
	}
	if i := slices.IndexFunc(of, func(e E) bool { return e.key() == string(in.ID) }); i >= 0 {
		return &of[i]
	}
	return nil
}

// writePlace sets where e is, what it speaks, and who pays for it.
func (co *company) writePlace(e *extension, in *extensionArgs, _ bool) *problem {
	if r := in.RegionalSettings; r != nil {
		if p := r.check(); p != nil {
			return p
		}
		e.settings.regional = e.settings.regional.with(*r)
	}
	if in.Site != nil {
		if e.settings.site = co.site(in.Site.ID); e.settings.site == nil {
			return invalid("site.id")
		}
	}
	if in.CostCenter != nil {
		i := slices.IndexFunc(costCenters, func(k costCenter) bool { return k.ID == string(in.CostCenter.ID) })
		if i < 0 {
			return invalid("costCenter.id")
		}
		e.settings.costCenter = &costCenters[i]
	}
	if in.CustomFields == nil {
		return nil
	}
	var fields []customField
	for _, f := range in.CustomFields {
		i := slices.IndexFunc(customFields, func(k customField) bool { return k.ID == string(f.ID) })
		if i < 0 {
			return invalid("customFields.id")
		}
		fields = append(fields, customField{customFields[i].ID, f.Value, customFields[i].DisplayName})
	}
	e.settings.custom = fields
	return nil
}

// site returns the main site, or an extension that is one.
func (co *company) site(id anyID) *siteInfo {
	if string(id) == mainSite {
		return &siteInfo{mainSite, "Main Site"}
	}
	if e := co.extension[parseID(string(id))]; e != nil && e.kind == "Site" {
		return &siteInfo{string(id), e.name}
	}
	return nil
}

func (r *regionalArgs) check() *problem {
	for _, f := range []struct {
		parameter string
		bad       bool
	}{
		{"homeCountry.id", r.HomeCountry != nil && countryOf(string(r.HomeCountry.ID)) == nil},
		{"timezone.id", r.Timezone != nil && entry(timezones, r.Timezone) == nil},
		{"language.id", r.Language != nil && entry(languages, r.Language) == nil},
		{"greetingLanguage.id", r.GreetingLanguage != nil && entry(languages, r.GreetingLanguage) == nil},
		{"formattingLocale.id", r.FormattingLocale != nil && entry(languages, r.FormattingLocale) == nil},
		{"currency.id", r.Currency != nil && r.Currency.ID != "1"}, // dollars
		{"timeFormat", !slices.Contains([]string{"", "12h", "24h"}, r.TimeFormat)},
	} {
		if f.bad {
			return invalid("regionalSettings." + f.parameter)
		}
	}
	return nil
}

// with returns r with what in gives.
func (r regionalArgs) with(in regionalArgs) regionalArgs {
	for _, f := range []struct{ out, given **entryArgs }{
		{&r.HomeCountry, &in.HomeCountry},
		{&r.Timezone, &in.Timezone},
		{&r.Language, &in.Language},
		{&r.GreetingLanguage, &in.GreetingLanguage},
		{&r.FormattingLocale, &in.FormattingLocale},
	} {
		if *f.given != nil {
			*f.out = *f.given
		}
	}
	if in.TimeFormat != "" {
		r.TimeFormat = in.TimeFormat
	}
	return r
}

// regionalSettingsOf is the account's settings with what e has of its own.
func (c *call) regionalSettingsOf(e *extension) regionalSettings {
	out, own := c.regionalSettings(), e.settings.regional
	if own.HomeCountry != nil {
		out.HomeCountry = c.country(countryOf(string(own.HomeCountry.ID)))
	}
	if t := entry(timezones, own.Timezone); t != nil {
		out.Timezone = *t
		out.Timezone.URI = c.base + "/restapi/v1.0/dictionary/timezone/" + t.ID
	}
	for _, f := range []struct {
		own *entryArgs
		out *language
	}{{own.Language, &out.Language}, {own.GreetingLanguage, &out.GreetingLanguage}, {own.FormattingLocale, &out.FormattingLocale}} {
		if l := entry(languages, f.own); l != nil {
			*f.out = *l
		}
	}
	if own.TimeFormat != "" {
		out.TimeFormat = own.TimeFormat
	}
	return out
}
