package rest

import (
	"context"
	"fmt"
	"net/url"

	"github.com/ringql/ringql/internal/budget"
)

// License is a licence that an account has bought.
type License struct {
	ID           LicenseID     `json:"id"`
	URI          string        `json:"uri"`
	Type         *LicenseType  `json:"type"`
	CreationTime DateTime      `json:"creationTime"`
	Holder       *ExtensionRef `json:"extension"` // whom it is assigned to
}

// LicenseType is what a licence is for.
type LicenseType struct {
	RCID  ID     `json:"id"`
	Name  string `json:"name"`
	Limit *int   `json:"limit"`
}

// LicenseFilter says which licences of an account.
type LicenseFilter struct{ TypeID *string }

func (f LicenseFilter) query() url.Values {
	q := url.Values{}
	if f.TypeID != nil {
		q.Set("typeId", *f.TypeID)
	}
	return q
}

// Key tells filters apart.
func (f LicenseFilter) Key() string { return f.query().Encode() }

// LicenseSKU names a type of licence to whom it is bought from.
type LicenseSKU string

// LicenseItem is a part of an order of licences.
type LicenseItem struct {
	SKU      LicenseSKU
	Quantity int
}

// RcID is the upstream's own id.
func (l *License) RcID() string { return l.ID.RCID }

// settle says which account l belongs to.
func (l *License) settle(account string) {
	l.ID.Account = account
	if l.Holder != nil {
		l.Holder.ID.Account = account
	}
}

// In returns l, with whom it is assigned to, as one of an account.
func (l *License) In(account string) *License {
	out := *l
	out.Holder = l.Holder.In(account)
	out.settle(account)
	return &out
}

var (
	listLicenses = op("listLicenses",
		"GET /restapi/v1.0/account/{accountId}/licenses", budget.Light, Legacy, "ReadAccounts", "MeetingsPlan").
		shows(Licenses, ExtensionInfo, AccountInfo)
	loadLicense = op("loadLicense",
		"GET /restapi/v1.0/account/{accountId}/licenses/{licenseId}", budget.Light, Legacy, "ReadAccounts", "MeetingsPlan").
		shows(Licenses, ExtensionInfo, AccountInfo)
	deleteLicense = op("deleteLicense",
		"DELETE /restapi/v1.0/account/{accountId}/licenses/{licenseId}", budget.Medium, Legacy, "EditAccounts", "MeetingsPlan")
	createLicensesOrder = op("createLicensesOrder",
		"POST /restapi/v1.0/account/{accountId}/licenses/bulk-purchase", budget.Heavy, Legacy, "EditAccounts", "MeetingsPlan")
	listLicenseTypes = op("listLicenseTypes",
		"GET /restapi/v1.0/dictionary/license-types", budget.Light, Legacy, "", "MeetingsPlan").dictionary()
)

// ListLicenses returns one page of an account's licences.
func (c *Client) ListLicenses(ctx context.Context, account string, f LicenseFilter, page, perPage int) (*Page[License], error) {
	r := listLicenses.at(account).where(paged(f.query(), page, perPage))
	return onlyRead(ctx, c, account, r, func(p *Page[License]) error {
		for i := range p.Records {
			p.Records[i].settle(first(AccountOf(p.Records[i].URI), account))
		}
		return checked(listLicenses, p, (*License).RcID)
	})
}

// LoadLicense returns one licence.
func (c *Client) LoadLicense(ctx context.Context, id LicenseID) (*License, error) {
	return onlyRead(ctx, c, id.Account, loadLicense.at(id.Account, id.RCID), func(l *License) error {
		l.settle(first(AccountOf(l.URI), id.Account))
		return named(loadLicense, (*License).RcID)(id.RCID, l)
	})
}

// DeleteLicense gives a licence up.
func (c *Client) DeleteLicense(ctx context.Context, id LicenseID) error {
	return onlyAct(ctx, c, id.Account, deleteLicense.at(id.Account, id.RCID))
}

// CreateLicensesOrder buys licences. The answer does not tell them.
func (c *Client) CreateLicensesOrder(ctx context.Context, account string, items []LicenseItem) error {
	type kind struct {
		SKU LicenseSKU `json:"sku"`
	}
	type item struct {
		Type     kind `json:"type"`
		Quantity int  `json:"quantity"`
	}
	type body struct {
		Added []item `json:"addedLicenses"`
	}
	order := body{make([]item, len(items))}
	for i, it := range items {
		order.Added[i] = item{kind{it.SKU}, it.Quantity}
	}
	return onlyAct(ctx, c, account, createLicensesOrder.at(account).send(order))
}

// ListLicenseTypes returns the types of licences there are. They come in the shape of
// licences, and in one answer, for the operation takes no page.
func (c *Client) ListLicenseTypes(ctx context.Context) ([]LicenseType, error) {
	id := func(l *License) string {
		if l.Type == nil {
			return ""
		}
		return string(l.Type.RCID)
	}
	p, err := onlyRead(ctx, c, Own, listLicenseTypes.at(), func(p *Page[License]) error {
		if total := p.Paging.TotalElements; total != nil && *total > len(p.Records) {
			return nonsense(listLicenseTypes, fmt.Sprintf("%d of %d records", len(p.Records), *total))
		}
		return checked(listLicenseTypes, p, id)
	})
	if err != nil {
		return nil, err
	}
	types := make([]LicenseType, len(p.Records))
	for i := range p.Records {
		types[i] = *p.Records[i].Type
	}
	return types, nil
}
