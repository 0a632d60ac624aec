package change

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// newAccountFields says which input field the upstream means by a parameter.
var newAccountFields = map[string]string{
	"mainNumber":                       "mainNumber",
	"reservationId":                    "reservationId",
	"partnerId":                        "partnerId",
	"promotionCode":                    "promotionCode",
	"status":                           "status",
	"serviceInfo.servicePlanName":      "serviceInfo.servicePlanName",
	"serviceInfo.brand.id":             "serviceInfo.brandId",
	"serviceInfo.targetServicePlan.id": "serviceInfo.targetServicePlanId",
	"operator.type":                    "operator.type",
	"operator.status":                  "operator.status",
	"operator.partnerId":               "operator.partnerId",
	"operator.extensionNumber":         "operator.extensionNumber",
	"operator.contact.email":           "operator.contact.email",
	"operator.contact.businessPhone":   "operator.contact.businessPhone",

	"operator.regionalSettings.homeCountry.id":      "operator.regionalSettings.homeCountryId",
	"operator.regionalSettings.timezone.id":         "operator.regionalSettings.timezoneId",
	"operator.regionalSettings.language.id":         "operator.regionalSettings.languageId",
	"operator.regionalSettings.greetingLanguage.id": "operator.regionalSettings.greetingLanguageId",
	"operator.regionalSettings.formattingLocale.id": "operator.regionalSettings.formattingLocaleId",
	"operator.regionalSettings.timeFormat":          "operator.regionalSettings.timeFormat",
}

// CreateAccount creates an account. There is no list of accounts: one whose answer was
// lost cannot be looked for.
func (c *Changer) CreateAccount(ctx context.Context, in rest.NewAccount) (*Result[rest.Account], error) {
	switch {
	case in.MainNumber != "" && !e164.MatchString(in.MainNumber):
		return Reject[rest.Account](invalid("mainNumber", "A phone number is written in E.164 form: +, country code, number, at most 15 digits.")), nil
	case in.Status == "Disabled":
		return Reject[rest.Account](invalid("status", "An account cannot be created disabled.")), nil
	}
	result, err := Carry(ctx, Step[rest.Account]{
		Send:   func(ctx context.Context) (*rest.Account, error) { return c.REST.CreateAccount(ctx, in) },
		Fields: newAccountFields,
	})
	if err == nil && result.Outcome == Unknown {
		result.UserErrors[0].Message = "RingCentral's answer was lost, and accounts cannot be looked for. It may have been created: ask RingCentral before you try again."
	}
	return result, err
}
