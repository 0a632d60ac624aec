package rest

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/ringql/ringql/internal/budget"
)

// PhoneNumber is a phone number of an account, in the union of both generations.
type PhoneNumber struct {
	ID                    PhoneNumberID               `json:"id"`
	URI                   string                      `json:"uri"`
	PhoneNumber           string                      `json:"phoneNumber"`
	Label                 string                      `json:"label"`
	Location              string                      `json:"location"`
	PaymentType           PhoneNumberPaymentType      `json:"paymentType"`
	Primary               *bool                       `json:"primary"`
	Status                PhoneNumberStatus           `json:"status"`
	Type                  PhoneNumberType             `json:"type"`
	UsageType             PhoneNumberUsageType        `json:"usageType"`
	ContactCenterProvider *ContactCenterProvider      `json:"contactCenterProvider"`
	TemporaryNumber       *TemporaryNumber            `json:"temporaryNumber"`
	VanityPattern         string                      `json:"vanityPattern"`
	CallerIDName          string                      `json:"callerIdName"`
	ActivationStatus      PhoneNumberActivationStatus `json:"activationStatus"`

	// Only v2 tells these.
	TollType      PhoneNumberTollType `json:"tollType"`
	BYOCNumber    *bool               `json:"byocNumber"`
	MobileNumber  *bool               `json:"mobileNumber"`
	HotDeskNumber *bool               `json:"hotDeskNumber"`
	ProviderID    ID                  `json:"providerId"`

	// Owner is the extension the number is assigned to. The extension's own list
	// does not tell it.
	Owner *ExtensionRef `json:"extension"`

	Listed Listed       `json:",embed"`
	Source NumberSource `json:"-"`
}

// Listed is what an extension's own list alone tells of a phone number, but for the
// country, which a device's line tells too.
type Listed struct {
	Features []PhoneNumberFeature `json:"features"`
	Country  *Country             `json:"country"`
	SubType  ExtensionSubType     `json:"subType"`
	Told     bool                 `json:"-"` // it comes from such a list
}

// RawFeatures are Features as the upstream wrote them.
func (l *Listed) RawFeatures() []string { return raw(l.Features) }

// RawSubType is SubType as the upstream wrote it.
func (l *Listed) RawSubType() string { return string(l.SubType) }

// RcID is the upstream's own id.
func (n *PhoneNumber) RcID() string { return n.ID.RCID }

func (n *PhoneNumber) home() string { return AccountOf(n.URI) }

// RawPaymentType is PaymentType as the upstream wrote it.
func (n *PhoneNumber) RawPaymentType() string { return string(n.PaymentType) }

// RawStatus is Status as the upstream wrote it.
func (n *PhoneNumber) RawStatus() string { return string(n.Status) }

// RawType is Type as the upstream wrote it.
func (n *PhoneNumber) RawType() string { return string(n.Type) }

// RawUsageType is UsageType as the upstream wrote it.
func (n *PhoneNumber) RawUsageType() string { return string(n.UsageType) }

// RawTollType is TollType as the upstream wrote it.
func (n *PhoneNumber) RawTollType() string { return string(n.TollType) }

// RawActivationStatus is ActivationStatus as the upstream wrote it.
func (n *PhoneNumber) RawActivationStatus() string { return string(n.ActivationStatus) }

// ContactCenterProvider is who answers a contact-centre number.
type ContactCenterProvider struct {
	RCID ID     `json:"id"`
	Name string `json:"name"`
}

// TemporaryNumber stands in until a number is ported.
type TemporaryNumber struct {
	RCID        ID     `json:"id"`
	PhoneNumber string `json:"phoneNumber"`
}

// place says which account n belongs to: what its own uri says, else what the
// list's does, else what was asked for. v2 has no URIs.
func (n *PhoneNumber) place(account, uri string) {
	n.settle(first(AccountOf(n.URI), first(AccountOf(uri), account)))
}

// settle says which account n belongs to.
func (n *PhoneNumber) settle(account string) {
	n.ID.Account = account
	if n.Owner != nil {
		n.Owner.ID.Account = account
	}
}

// In returns n, with its owner, as one of an account.
func (n *PhoneNumber) In(account string) *PhoneNumber {
	out := *n
	out.Owner = n.Owner.In(account)
	out.ID.Account = account
	return &out
}

// PhoneNumberFilter narrows a list of phone numbers; values of one field mean
// "or", fields mean "and". ExtensionStatus is for the account's list only.
type PhoneNumberFilter struct {
	UsageType       []PhoneNumberUsageType
	PaymentType     []PhoneNumberPaymentType
	Status          []PhoneNumberStatus
	ExtensionStatus ExtensionStatus
}

func (f PhoneNumberFilter) query() url.Values {
	q := url.Values{}
	texts(q, "usageType", f.UsageType)
	texts(q, "paymentType", f.PaymentType)
	texts(q, "status", f.Status)
	if f.ExtensionStatus != "" {
		q.Set("extensionStatus", string(f.ExtensionStatus))
	}
	return q
}

// Matches says whether n is one of those that f asks for, but for the status of
// its extension, which n does not tell.
func (f PhoneNumberFilter) Matches(n *PhoneNumber) bool {
	return among(n.UsageType, f.UsageType) && among(n.PaymentType, f.PaymentType) && among(n.Status, f.Status)
}

func among[T comparable](v T, vs []T) bool { return len(vs) == 0 || slices.Contains(vs, v) }

// Empty says whether f asks for all.
func (f PhoneNumberFilter) Empty() bool {
	return len(f.UsageType)+len(f.PaymentType)+len(f.Status) == 0 && f.ExtensionStatus == ""
}

// Key tells filters apart.
func (f PhoneNumberFilter) Key() string { return f.query().Encode() }

// queryV2 is query for v2, as far as v2 can filter.
func (f PhoneNumberFilter) queryV2() url.Values {
	q := url.Values{}
	texts(q, "usageType", f.UsageType)
	texts(q, "status", f.Status)
	if f.ExtensionStatus != "" {
		q.Set("extensionStatus", string(f.ExtensionStatus))
	}
	return q
}

// Generations says which generations can apply f: v2 knows toll types in place of
// payment types and takes one status; v1.0 does not know v2's own usage types.
func (f PhoneNumberFilter) Generations() (v1, v2 bool) {
	v1 = !slices.ContainsFunc(f.UsageType, func(u PhoneNumberUsageType) bool { return slices.Contains(usageTypesOfV2, u) })
	return v1, len(f.PaymentType) == 0 && len(f.Status) <= 1
}

var usageTypesOfV2 = []PhoneNumberUsageType{Inventory, "InventoryPartnerBusinessMobileNumber", "PhoneLine"}

var listAccountPhoneNumbers = op("listAccountPhoneNumbers",
	"GET /restapi/v1.0/account/{accountId}/phone-number", budget.Heavy, V1, "ReadAccounts", "ReadCompanyPhoneNumbers").
	shows(PhoneNumbers, ExtensionInfo)

var listAccountPhoneNumbersV2 = op("listAccountPhoneNumbersV2",
	"GET /restapi/v2/accounts/{accountId}/phone-numbers", budget.Heavy, V2, "ReadAccounts", "ReadCompanyPhoneNumbers").
	shows(PhoneNumbers, ExtensionInfo)

// ListAccountPhoneNumbers returns one page of an account's phone numbers with the
// extensions they are assigned to. Today's description lists both generations;
// v1.0 comes first because it tells more. A filter that only one of them can apply
// is for that one, whatever is preferred.
func (c *Client) ListAccountPhoneNumbers(ctx context.Context, account string, f PhoneNumberFilter, page, perPage int) (*Page[PhoneNumber], error) {
	list := func(o *Operation, q url.Values) way[*Page[PhoneNumber]] {
		return way[*Page[PhoneNumber]]{o, func() (*Page[PhoneNumber], error) {
			return listNumbers(ctx, c, o, account, paged(q, page, perPage))
		}}
	}
	v1, v2 := list(listAccountPhoneNumbers, f.query()), list(listAccountPhoneNumbersV2, f.queryV2())
	switch canV1, canV2 := f.Generations(); {
	case !canV1 && !canV2:
		return nil, &Error{Op: listAccountPhoneNumbers.ID, Parameter: "filter",
			cause: fmt.Errorf("%w: no generation of the upstream can apply all of it", ErrBadRequest)}
	case !canV2:
		return v1.do()
	case !canV1:
		return v2.do()
	case c.cfg.Generation == OnlyV2:
		return either(ctx, c, account, v2, v1)
	}
	return either(ctx, c, account, v1, v2)
}

func listNumbers(ctx context.Context, c *Client, o *Operation, account string, q url.Values) (*Page[PhoneNumber], error) {
	return read(ctx, c, o.at(account).where(q), func(p *Page[PhoneNumber]) error {
		for i := range p.Records {
			p.Records[i].place(account, p.URI)
			if o.Generation == V2 {
				p.Records[i].Source = FromV2
			}
		}
		return checked(o, p, (*PhoneNumber).RcID)
	})
}

var readAccountPhoneNumber = op("readAccountPhoneNumber",
	"GET /restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}", budget.Light, V1, "ReadAccounts", "ReadCompanyPhoneNumbers").
	shows(PhoneNumbers, ExtensionInfo)

// ManyPhoneNumbers is how many ids one request of ReadAccountPhoneNumbers names.
func (c *Client) ManyPhoneNumbers() int { return c.manyIDs(readAccountPhoneNumber) }

// ReadAccountPhoneNumbers returns the phone numbers named by ids, as many in one
// request as the upstream takes.
func (c *Client) ReadAccountPhoneNumbers(ctx context.Context, account string, ids []string) map[string]Result[*PhoneNumber] {
	return callMany(ctx, c, readAccountPhoneNumber, ids, nil, func(which asked, n *PhoneNumber) error {
		n.place(account, "")
		return named(readAccountPhoneNumber, (*PhoneNumber).RcID)(which.id, n)
	}, account, theIDs)
}

var listExtensionPhoneNumbers = op("listExtensionPhoneNumbers",
	"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/phone-number", budget.Light, V1, "ReadAccounts", "ReadUserPhoneNumbers").
	shows(ExtensionInfo, AccountInfo).showsOfAll(PhoneNumbers)

// UsablePhoneNumberFilter narrows the list of numbers an extension may use.
type UsablePhoneNumberFilter struct {
	UsageType []PhoneNumberUsageType
	Status    PhoneNumberStatus // one only
}

// Key tells filters apart.
func (f UsablePhoneNumberFilter) Key() string {
	if len(f.UsageType) == 0 && f.Status == "" {
		return "" // nearly always, and asked for every row
	}
	return f.query().Encode()
}

func (f UsablePhoneNumberFilter) query() url.Values {
	q := url.Values{}
	texts(q, "usageType", f.UsageType)
	if f.Status != "" {
		q.Set("status", string(f.Status))
	}
	return q
}

// ListExtensionPhoneNumbers returns one page of the numbers that an extension may
// use: its own, and those of the company it may show as caller id. The records do
// not tell which are its own.
func (c *Client) ListExtensionPhoneNumbers(ctx context.Context, ext ExtensionID, f UsablePhoneNumberFilter, page, perPage int) (*Page[PhoneNumber], error) {
	r := listExtensionPhoneNumbers.at(ext.Account, ext.RCID).where(paged(f.query(), page, perPage))
	return read(ctx, c, r, func(p *Page[PhoneNumber]) error {
		for i := range p.Records {
			p.Records[i].place(ext.Account, p.URI)
			p.Records[i].Source, p.Records[i].Listed.Told = FromOwnList, true
		}
		return checked(listExtensionPhoneNumbers, p, (*PhoneNumber).RcID)
	})
}
