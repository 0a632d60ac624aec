package change

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// LicenseOrderResult is what became of an order of licences.
type LicenseOrderResult struct {
	Licenses   []rest.License // that are new since then; nil when they cannot be read
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// mostLicenses bounds what a slip of the keyboard can cost.
const mostLicenses = 1000

// checkOrder refuses orders that make no sense, before anything is sent.
func checkOrder(items []rest.LicenseItem) (quantity int, bad *UserError) {
	seen := map[rest.LicenseSKU]bool{}
	for i, item := range items {
		switch {
		case item.Quantity < 1:
			return 0, invalid("items", fmt.Sprintf("Item %d asks for %d licences: at least 1.", i, item.Quantity))
		case item.Quantity > mostLicenses-quantity:
			return 0, invalid("items", fmt.Sprintf("At most %d licences at once.", mostLicenses))
		case seen[item.SKU]:
			return 0, invalid("items", fmt.Sprintf("%s stands in two items.", item.SKU))
		}
		seen[item.SKU] = true
		quantity += item.Quantity
	}
	if quantity == 0 {
		return 0, invalid("items", "There is nothing to buy.")
	}
	return quantity, nil
}

// licenseFields says which input field the upstream means by a parameter.
var licenseFields = map[string]string{
	"accountId": "accountId", "addedLicenses": "items", "sku": "items", "quantity": "items",
}

// licenseIDFields is licenseFields where a licence is named, by an id that may say whose it is.
var licenseIDFields = map[string]string{"licenseId": "licenseId", "accountId": "licenseId"}

// OrderLicenses buys licences. The upstream does not tell what was bought, so the list is
// read before and after; as many new ones as were ordered say that a lost order arrived.
func (c *Changer) OrderLicenses(ctx context.Context, account string, items []rest.LicenseItem) (*LicenseOrderResult, error) {
	quantity, bad := checkOrder(items)
	if bad != nil {
		return &LicenseOrderResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	id, err := accountID(ctx, account)
	if err != nil {
		return nil, err
	}
	before, err := c.licenses(ctx, account)
	if err != nil {
		if u := refusal(err, licenseFields); u != nil {
			return &LicenseOrderResult{Outcome: Rejected, UserErrors: []*UserError{u}}, nil
		}
		return nil, err
	}
	had := map[string]bool{}
	for i := range before {
		had[before[i].ID.RCID] = true
	}
	result, err := Carry(ctx, Step[[]rest.License]{
		Send: func(ctx context.Context) (*[]rest.License, error) {
			return nil, c.REST.CreateLicensesOrder(ctx, account, items)
		},
		Look: func(ctx context.Context) (*[]rest.License, bool, error) {
			all, err := c.licenses(ctx, account)
			added := []rest.License{}
			for _, l := range all {
				if !had[l.ID.RCID] {
					added = append(added, *l.In(id))
				}
			}
			return &added, len(added) >= quantity, err
		},
		Fields: licenseFields,
	})
	if err != nil {
		return nil, err
	}
	out := &LicenseOrderResult{Outcome: result.Outcome, UserErrors: result.UserErrors}
	if result.Object != nil {
		out.Licenses = *result.Object
	}
	return out, nil
}

// licenses reads all licences of an account, past everything that is remembered.
func (c *Changer) licenses(ctx context.Context, account string) (all []rest.License, err error) {
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.License], error) {
		return c.REST.ListLicenses(rest.Fresh(ctx), account, rest.LicenseFilter{}, page, perPage)
	}
	for p, err := range rest.Pages(ctx, (*rest.License).RcID, list) {
		if err != nil {
			return nil, err
		}
		all = append(all, p.Records...)
	}
	return all, nil
}

// LicenseDeleteResult is what became of giving a licence up.
type LicenseDeleteResult struct {
	DeletedID  *rest.LicenseID // of the one that is gone
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// DeleteLicense gives a licence up. It is read first: one that is assigned, or is not
// there, then costs no Medium call. That read also tells the account.
func (c *Changer) DeleteLicense(ctx context.Context, id rest.LicenseID) (*LicenseDeleteResult, error) {
	const parameter = "licenseId"
	now, err := loader.For(ctx).License(rest.Fresh(ctx), id)
	switch {
	case rest.Missing(err, parameter):
		return c.noLicense(ctx, id, refusal(err, licenseIDFields))
	case err != nil:
		if u := refusal(err, licenseIDFields); u != nil {
			return &LicenseDeleteResult{Outcome: Rejected, UserErrors: []*UserError{u}}, nil
		}
		return nil, err
	case now.Holder != nil:
		return &LicenseDeleteResult{Outcome: Rejected, UserErrors: []*UserError{{
			Code: InUse, Field: []string{parameter}, Message: "The licence is assigned to an extension: take it away from that first.",
		}}}, nil
	}
	result, err := Carry(ctx, Step[rest.License]{
		Send: func(ctx context.Context) (*rest.License, error) { return now, c.REST.DeleteLicense(ctx, id) },
		Look: func(ctx context.Context) (*rest.License, bool, error) {
			_, err := c.REST.LoadLicense(rest.Fresh(ctx), id)
			if rest.Missing(err, parameter) {
				return now, true, nil
			}
			return nil, false, err
		},
		Fields: licenseIDFields,
	})
	if err != nil {
		return nil, err
	}
	out := &LicenseDeleteResult{Outcome: result.Outcome, UserErrors: result.UserErrors}
	if result.Outcome == Applied {
		out.DeletedID = &now.ID
	}
	return out, nil
}

// noLicense is the result for a licence that is not there.
func (c *Changer) noLicense(ctx context.Context, id rest.LicenseID, u *UserError) (*LicenseDeleteResult, error) {
	account, err := accountID(ctx, id.Account)
	if err != nil {
		return nil, err
	}
	u.Message = "There is no such licence: it was given up before, or never was."
	gone := &rest.LicenseID{Key: rest.Key{Account: account, RCID: id.RCID}}
	return &LicenseDeleteResult{DeletedID: gone, Outcome: AlreadyApplied, UserErrors: []*UserError{u}}, nil
}
