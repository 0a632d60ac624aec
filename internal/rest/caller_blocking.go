package rest

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/ringql/ringql/internal/budget"
)

// The enumerations of caller blocking.
type (
	CallerBlockingMode         string
	CallerBlockingNoCallerID   string
	CallerBlockingPayPhones    string
	CallerBlockingNumberStatus string
	BlockedCallerGreetingType  string
)

// CallerBlocked is the list that a number is put on unless the other one is asked for.
const CallerBlocked CallerBlockingNumberStatus = "Blocked"

// CallerBlocking says which callers an extension does not let in, and what they hear.
type CallerBlocking struct {
	Mode       CallerBlockingMode       `json:"mode"`
	NoCallerID CallerBlockingNoCallerID `json:"noCallerId"`
	PayPhones  CallerBlockingPayPhones  `json:"payPhones"`
	Greetings  []BlockedCallerGreeting  `json:"greetings"`
}

// RawMode is Mode as the upstream wrote it.
func (b *CallerBlocking) RawMode() string { return string(b.Mode) }

// RawNoCallerID is NoCallerID as the upstream wrote it.
func (b *CallerBlocking) RawNoCallerID() string { return string(b.NoCallerID) }

// RawPayPhones is PayPhones as the upstream wrote it.
func (b *CallerBlocking) RawPayPhones() string { return string(b.PayPhones) }

// BlockedCallerGreeting is what callers hear who are blocked for one reason.
type BlockedCallerGreeting struct {
	Type   BlockedCallerGreetingType `json:"type"`
	Preset *GreetingPreset           `json:"preset"`
}

// RawType is Type as the upstream wrote it.
func (g *BlockedCallerGreeting) RawType() string { return string(g.Type) }

// GreetingPreset is a greeting of the upstream's own.
type GreetingPreset struct {
	ID   ID     `json:"id"`
	URI  string `json:"uri"`
	Name string `json:"name"`
}

// RcID is the upstream's own id.
func (p *GreetingPreset) RcID() string { return string(p.ID) }

// CallerBlockingUpdate is what is to change of the settings; what is left out stays.
type CallerBlockingUpdate struct {
	Mode       CallerBlockingMode       `json:"mode,omitzero"`
	NoCallerID CallerBlockingNoCallerID `json:"noCallerId,omitzero"`
	PayPhones  CallerBlockingPayPhones  `json:"payPhones,omitzero"`
	Greetings  []GreetingChoice         `json:"greetings,omitzero"`
}

// GreetingChoice chooses the greeting for callers who are blocked for one reason.
type GreetingChoice struct {
	Type   BlockedCallerGreetingType `json:"type"`
	Preset ByID                      `json:"preset"`
}

var (
	readCallerBlockingSettings = op("readCallerBlockingSettings",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking", budget.Light, V1, "ReadAccounts", "ReadBlockedNumbers").
		shows(CallHandling)
	updateCallerBlockingSettings = op("updateCallerBlockingSettings",
		"PUT /restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking", budget.Light, V1, "EditExtensions", "EditBlockedNumbers")
)

// ReadCallerBlockingSettings returns which callers an extension does not let in.
func (c *Client) ReadCallerBlockingSettings(ctx context.Context, ext ExtensionID) (*CallerBlocking, error) {
	return callerBlocking(ctx, c, readCallerBlockingSettings.at(ext.Account, ext.RCID))
}

// UpdateCallerBlockingSettings changes which callers an extension does not let in, and
// returns all settings as they are then.
func (c *Client) UpdateCallerBlockingSettings(ctx context.Context, ext ExtensionID, to CallerBlockingUpdate) (*CallerBlocking, error) {
	return callerBlocking(ctx, c, updateCallerBlockingSettings.at(ext.Account, ext.RCID).send(to))
}

func callerBlocking(ctx context.Context, c *Client, r request) (*CallerBlocking, error) {
	return read(ctx, c, r, func(b *CallerBlocking) error {
		if b.Mode == "" && b.NoCallerID == "" && b.PayPhones == "" {
			return nonsense(r.op, "no settings")
		}
		return nil
	})
}

// CallerBlockingNumber is a number whose calls are blocked, or let in.
type CallerBlockingNumber struct {
	ID          CallerBlockingNumberID     `json:"id"`
	URI         string                     `json:"uri"`
	PhoneNumber string                     `json:"phoneNumber"`
	Label       string                     `json:"label"`
	Status      CallerBlockingNumberStatus `json:"status"`
}

// RcID is the upstream's own id.
func (n *CallerBlockingNumber) RcID() string { return n.ID.RCID }

// RawStatus is Status as the upstream wrote it.
func (n *CallerBlockingNumber) RawStatus() string { return string(n.Status) }

// In returns n as one of an account.
func (n *CallerBlockingNumber) In(account string) *CallerBlockingNumber {
	out := *n
	out.ID.Account = account
	return &out
}

// Of returns n as one of an extension.
func (n *CallerBlockingNumber) Of(ext ExtensionID) *CallerBlockingNumber {
	out := *n
	out.ID.Account, out.ID.Extension = ext.Account, ext.RCID
	return &out
}

func (n *CallerBlockingNumber) place(ext ExtensionID) {
	n.ID.Account, n.ID.Extension = first(AccountOf(n.URI), ext.Account), ext.RCID
}

// CallerBlockingNumberRecord is a number as it is written to its list.
type CallerBlockingNumberRecord struct {
	PhoneNumber string                     `json:"phoneNumber,omitzero"`
	Label       *string                    `json:"label,omitzero"`
	Status      CallerBlockingNumberStatus `json:"status,omitzero"`
}

var (
	listBlockedAllowedNumbers = op("listBlockedAllowedNumbers",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking/phone-numbers", budget.Light, V1,
		"ReadAccounts", "ReadBlockedNumbers").
		shows(CallHandling)
	createBlockedAllowedNumber = op("createBlockedAllowedNumber",
		"POST /restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking/phone-numbers", budget.Medium, V1,
		"EditExtensions", "EditBlockedNumbers")
	readBlockedAllowedNumber = op("readBlockedAllowedNumber",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking/phone-numbers/{blockedNumberId}", budget.Light, V1,
		"ReadAccounts", "ReadBlockedNumbers").
		shows(CallHandling)
	updateBlockedAllowedNumber = op("updateBlockedAllowedNumber",
		"PUT /restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking/phone-numbers/{blockedNumberId}", budget.Medium, V1,
		"EditExtensions", "EditBlockedNumbers")
	deleteBlockedAllowedNumber = op("deleteBlockedAllowedNumber",
		"DELETE /restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking/phone-numbers/{blockedNumberId}", budget.Medium, V1,
		"EditExtensions", "EditBlockedNumbers")
)

// ListBlockedAllowedNumbers returns one page of the numbers with a status.
func (c *Client) ListBlockedAllowedNumbers(ctx context.Context, ext ExtensionID, status CallerBlockingNumberStatus, page, perPage int) (*Page[CallerBlockingNumber], error) {
	q := paged(nil, page, perPage)
	q.Set("status", string(status))
	return read(ctx, c, listBlockedAllowedNumbers.at(ext.Account, ext.RCID).where(q), func(p *Page[CallerBlockingNumber]) error {
		for i := range p.Records {
			p.Records[i].place(ext)
		}
		return checked(listBlockedAllowedNumbers, p, (*CallerBlockingNumber).RcID)
	})
}

// ReadBlockedAllowedNumbers returns the numbers named by ids, whichever list they are
// on, as many in one request as the upstream takes.
func (c *Client) ReadBlockedAllowedNumbers(ctx context.Context, ext ExtensionID, ids []string) map[string]Result[*CallerBlockingNumber] {
	return callMany(ctx, c, readBlockedAllowedNumber, ids, nil, func(which asked, n *CallerBlockingNumber) error {
		n.place(ext)
		return named(readBlockedAllowedNumber, (*CallerBlockingNumber).RcID)(which.id, n)
	}, ext.Account, ext.RCID, theIDs)
}

// CreateBlockedAllowedNumber puts a number on one of the lists.
func (c *Client) CreateBlockedAllowedNumber(ctx context.Context, ext ExtensionID, r CallerBlockingNumberRecord) (*CallerBlockingNumber, error) {
	n, err := call[CallerBlockingNumber](ctx, c, createBlockedAllowedNumber.at(ext.Account, ext.RCID).send(r))
	switch {
	case err != nil:
		return nil, err
	case n.ID.RCID == "" || !SameNumber(n.PhoneNumber, r.PhoneNumber):
		return nil, nonsense(createBlockedAllowedNumber, "another number, or one without an id")
	}
	n.place(ext)
	return n, nil
}

// UpdateBlockedAllowedNumber writes the record of a number anew.
func (c *Client) UpdateBlockedAllowedNumber(ctx context.Context, id CallerBlockingNumberID, r CallerBlockingNumberRecord) (*CallerBlockingNumber, error) {
	o := updateBlockedAllowedNumber
	n, err := call[CallerBlockingNumber](ctx, c, o.at(id.Account, id.Extension, id.RCID).send(r))
	if err == nil {
		err = named(o, (*CallerBlockingNumber).RcID)(id.RCID, n)
	}
	if err != nil {
		return nil, err
	}
	n.place(id.Owner())
	return n, nil
}

// ListedNumbers are numbers of one extension's lists, by their ids.
type ListedNumbers struct {
	Owner ExtensionID
	IDs   []string
}

// DeleteBlockedAllowedNumbers takes numbers off their lists, as many of one extension in
// one request as the upstream takes, and returns what became of each by its id.
func (c *Client) DeleteBlockedAllowedNumbers(ctx context.Context, all []ListedNumbers) []map[string]error {
	out := make([]map[string]error, len(all))
	for i, err := range c.each(ctx, deleteBlockedAllowedNumber, len(all), func(ctx context.Context, i int) error {
		these := all[i]
		out[i] = actMany(ctx, c, deleteBlockedAllowedNumber, these.IDs, these.Owner.Account, these.Owner.RCID, theIDs)
		for _, err := range out[i] {
			if ofAll(err) {
				return err
			}
		}
		return nil
	}) {
		if out[i] == nil { // it was not sent
			out[i] = map[string]error{}
			for _, id := range all[i].IDs {
				out[i][id] = err
			}
		}
	}
	return out
}

// BlockedAllowedNumberID returns the id that a number has on the lists: base64 of its
// digits. Every published example agrees, though nothing promises it.
func BlockedAllowedNumberID(phoneNumber string) string {
	return base64.RawStdEncoding.EncodeToString([]byte(numberDigits(phoneNumber)))
}

// SameNumber says whether two ways to write a number mean the same: with or without
// "+", and whatever stands between the digits.
func SameNumber(a, b string) bool { return numberDigits(a) == numberDigits(b) }

func numberDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
