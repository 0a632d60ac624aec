package resolvers

import (
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/rest"
)

// newAccount reads what an account is to be created with.
func newAccount(input *model.CreateAccountInput) (rest.NewAccount, error) {
	out := rest.NewAccount{
		MainNumber: or(input.MainNumber), PartnerID: or(input.PartnerID), PromotionCode: or(input.PromotionCode),
		ReservationID: or(input.ReservationID), Status: or(input.Status), SignupInfo: input.SignupInfo,
	}
	var ids entryIDs
	if s := input.ServiceInfo; s != nil {
		out.ServiceInfo = &rest.NewServiceInfo{
			ServicePlanName: or(s.ServicePlanName), ServiceFeatures: pointees(s.Features), Limits: s.Limits,
			Brand:             ids.read("serviceInfo.brandId", s.BrandID),
			TargetServicePlan: ids.read("serviceInfo.targetServicePlanId", s.TargetServicePlanID),
		}
	}
	if o := input.Operator; o != nil {
		out.Operator = &rest.NewOperator{
			Contact: o.Contact, ExtensionNumber: or(o.ExtensionNumber), Name: or(o.Name), PartnerID: or(o.PartnerID),
			References: pointees(o.References), SetupWizardState: or(o.SetupWizardState), Status: or(o.Status), Type: or(o.Type),
		}
		if p := o.Permissions; p != nil {
			out.Operator.Permissions = &rest.NewPermissions{Admin: switched(p.Admin), InternationalCalling: switched(p.InternationalCalling)}
		}
		if s := o.RegionalSettings; s != nil {
			const at = "operator.regionalSettings."
			out.Operator.RegionalSettings = &rest.NewRegionalSettings{
				HomeCountry:      ids.read(at+"homeCountryId", s.HomeCountryID),
				Timezone:         ids.read(at+"timezoneId", s.TimezoneID),
				Language:         ids.read(at+"languageId", s.LanguageID),
				GreetingLanguage: ids.read(at+"greetingLanguageId", s.GreetingLanguageID),
				FormattingLocale: ids.read(at+"formattingLocaleId", s.FormattingLocaleID),
				TimeFormat:       or(s.TimeFormat),
			}
		}
	}
	return out, ids.err
}

// entryIDs reads optional input fields that name entries of dictionaries, and keeps the
// first fault.
type entryIDs struct{ err error }

func (e *entryIDs) read(field string, id *string) *rest.ByID {
	if id == nil || e.err != nil {
		return nil
	}
	rcID, err := entryID(field, *id)
	e.err = err
	return rest.To(rcID)
}

func switched(on *bool) *rest.Switch {
	if on == nil {
		return nil
	}
	return &rest.Switch{Enabled: *on}
}

// pointees is the other way round of pointers.
func pointees[T any](ps []*T) []T {
	if ps == nil {
		return nil
	}
	vs := make([]T, len(ps))
	for i, p := range ps {
		vs[i] = *p
	}
	return vs
}
