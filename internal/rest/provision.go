package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/budget"
)

// Provision is a phone number to be taken into the account.
type Provision struct {
	PhoneNumber   string
	ReservationID string
	UsageType     PhoneNumberUsageType
	Type          PhoneNumberType
	Label         string
	Extension     *ByID
}

var (
	provisionPhoneNumber = op("provisionPhoneNumber",
		"POST /restapi/v1.0/account/{accountId}/phone-number", budget.Medium, Legacy, "EditAccounts", "EditCompanyPhoneNumbers")
	addNumbersToInventoryV2 = op("addNumbersToInventoryV2",
		"POST /restapi/v2/accounts/{accountId}/phone-numbers/bulk-add", budget.Heavy, V2, "EditAccounts", "EditCompanyPhoneNumbers")
	getBulkAddTaskResultsV2 = op("getBulkAddTaskResultsV2",
		"GET /restapi/v2/accounts/{accountId}/phone-numbers/bulk-add/{taskId}", budget.Heavy, V2, "EditAccounts", "EditCompanyPhoneNumbers")
)

// What each way can make of a new number, as the descriptions list it. v1.0 lists the
// main number too, which an account has from its start.
var (
	stockV2         = []PhoneNumberUsageType{Inventory, "InventoryPartnerBusinessMobileNumber", "InventoryFmcBusinessMobileNumber", "PartnerBusinessMobileNumber", "InventoryMobileNumber"}
	provisionableV1 = []PhoneNumberUsageType{CompanyNumber, AdditionalCompanyNumber, DirectNumber, CompanyFaxNumber, ForwardedNumber, ForwardedCompanyNumber}
)

// stocked says whether p is to stay in stock: then bulk-add alone serves it.
func (p Provision) stocked() bool { return slices.Contains(stockV2, p.UsageType) }

// beyondV2 names what v2 cannot set of p; "" if it can set all.
func (p Provision) beyondV2() string {
	switch {
	case p.ReservationID != "":
		return "reservationId"
	case p.Label != "":
		return "label"
	case p.stocked() && p.Type != "":
		return "type"
	case p.stocked() && p.Extension != nil:
		return "extensionId"
	case p.stocked():
		return ""
	}
	return p.assignment().beyondV2()
}

// beyondV1 names what v1.0 cannot set of p; "" if it can set all.
func (p Provision) beyondV1() string {
	if !slices.Contains(provisionableV1, p.UsageType) {
		return "usageType"
	}
	return ""
}

func (p Provision) assignment() Assignment {
	return Assignment{UsageType: p.UsageType, Type: p.Type, Extension: p.Extension}
}

// CanProvision returns an error that names what no operation can set that may be
// called; nil when one can set all. It costs no call.
func (c *Client) CanProvision(p Provision) error {
	return c.can(addNumbersToInventoryV2, p.beyondV2(), provisionPhoneNumber, p.beyondV1())
}

// PartialError says that a number was taken into the account's inventory, and
// that what was to follow failed. Number has no id where none was told.
type PartialError struct {
	Number *PhoneNumber
	Err    error
}

func (e *PartialError) Error() string { return "added to inventory, then: " + e.Err.Error() }

// Unwrap gives the failure that followed.
func (e *PartialError) Unwrap() error { return e.Err }

// ErrPending says that the upstream is still at work when the time was up.
var ErrPending = errors.New("upstream: still at work")

// ProvisionPhoneNumber takes a number into the account and assigns it. In v2 these
// are two calls, between which a *PartialError can happen; so the way is chosen
// beforehand, by what each can set. A number for the inventory may come without id.
func (c *Client) ProvisionPhoneNumber(ctx context.Context, account string, p Provision) (*PhoneNumber, error) {
	if err := c.CanProvision(p); err != nil {
		return nil, err
	}
	var ways []way[*PhoneNumber]
	if p.beyondV2() == "" {
		ways = append(ways, way[*PhoneNumber]{addNumbersToInventoryV2, func() (*PhoneNumber, error) { return c.provisionV2(ctx, account, p) }})
	}
	if p.beyondV1() == "" {
		ways = append(ways, way[*PhoneNumber]{provisionPhoneNumber, func() (*PhoneNumber, error) { return c.provisionV1(ctx, account, p) }})
	}
	n, err := either(ctx, c, account, ways...)
	if err != nil {
		return nil, err
	}
	n.place(account, "")
	return n, nil
}

// provisionV1 names the owner twice: the description says extensionId, and scripts in
// the field say extension.
func (c *Client) provisionV1(ctx context.Context, account string, p Provision) (*PhoneNumber, error) {
	type body struct {
		PhoneNumber   string               `json:"phoneNumber,omitzero"`
		ReservationID string               `json:"reservationId,omitzero"`
		UsageType     PhoneNumberUsageType `json:"usageType,omitzero"`
		Type          PhoneNumberType      `json:"type,omitzero"`
		Label         string               `json:"label,omitzero"`
		ExtensionID   *ByID                `json:"extensionId,omitzero"`
		Extension     *ByID                `json:"extension,omitzero"`
	}
	n, err := call[PhoneNumber](ctx, c, provisionPhoneNumber.at(account).
		send(body{p.PhoneNumber, p.ReservationID, p.UsageType, p.Type, p.Label, p.Extension, p.Extension}))
	switch {
	case err != nil:
		return nil, err
	case n.ID.RCID == "" || !sameNumber(n.PhoneNumber, p.PhoneNumber):
		return nil, nonsense(provisionPhoneNumber, fmt.Sprintf("number %.40q with id %.40q", n.PhoneNumber, n.ID.RCID))
	}
	n.Source = FromLine
	return n, nil
}

// sameNumber compares two numbers in E.164 form; older guides leave out the plus.
func sameNumber(a, b string) bool { return strings.TrimPrefix(a, "+") == strings.TrimPrefix(b, "+") }

// inventoryItem is one number in and out of the v2 inventory.
type inventoryItem struct {
	ID          ID          `json:"id"` // optional, even of what was added
	PhoneNumber string      `json:"phoneNumber"`
	Successful  bool        `json:"bulkItemSuccessful"`
	Errors      []itemError `json:"bulkItemErrors"`

	ActivationStatus PhoneNumberActivationStatus `json:"activationStatus"`
}

type itemError struct {
	ErrorCode string `json:"errorCode"`
	Message   string `json:"message"`
}

// bulkAdd is the answer to bulk-add: the records, or a task while it runs.
type bulkAdd struct {
	Records []inventoryItem `json:"records"`
	ID      ID              `json:"id"`
	Status  string          `json:"status"`
}

func (c *Client) provisionV2(ctx context.Context, account string, p Provision) (*PhoneNumber, error) {
	type record struct {
		PhoneNumber string               `json:"phoneNumber"`
		UsageType   PhoneNumberUsageType `json:"usageType"`
	}
	type records struct {
		Records []record `json:"records"`
	}
	stock := Inventory
	if p.stocked() {
		stock = p.UsageType
	}
	added, err := call[bulkAdd](ctx, c, addNumbersToInventoryV2.at(account).send(records{[]record{{p.PhoneNumber, stock}}}))
	if err == nil {
		added, err = c.finished(ctx, account, added)
	}
	if err != nil {
		return nil, err
	}
	item, err := itemOf(addNumbersToInventoryV2, "phoneNumber", added.Records, func(i inventoryItem) bool { return sameNumber(i.PhoneNumber, p.PhoneNumber) })
	if err != nil {
		return nil, err
	}
	n := &PhoneNumber{ID: PhoneNumberID{Key{account, string(item.ID)}}, PhoneNumber: p.PhoneNumber, UsageType: stock, ActivationStatus: item.ActivationStatus, Source: FromStock}
	if n.ID.RCID == "" {
		n.ID, err = c.idOf(ctx, account, p.PhoneNumber)
	}
	if p.stocked() {
		return n, nil // that is all, with its id or without
	}
	if err != nil {
		return nil, &PartialError{n, err}
	}
	assigned, err := c.assign(ctx, assignPhoneNumberV2, n.ID, p.assignment())
	if err != nil {
		return nil, &PartialError{n, err}
	}
	return assigned, nil
}

// idOf looks up the id of a number that was added.
func (c *Client) idOf(ctx context.Context, account, number string) (PhoneNumberID, error) {
	n, err := c.FindPhoneNumber(ctx, account, number)
	switch {
	case err != nil:
		return PhoneNumberID{}, err
	case n == nil:
		return PhoneNumberID{}, &Error{Op: addNumbersToInventoryV2.ID, cause: fmt.Errorf("%w: no id, and the number is not to be found", ErrInvalid)}
	}
	n.ID.Account = account // as it was asked for
	return n.ID, nil
}

// finished waits for a bulk-add task. Each look is a Heavy call, so the pauses
// grow quickly; one that fails is no news of the task. When the request's time is up
// the task is ErrPending.
func (c *Client) finished(ctx context.Context, account string, a *bulkAdd) (*bulkAdd, error) {
	task, trouble := string(a.ID), error(nil)
	for pause := time.Second; len(a.Records) == 0; pause *= 2 {
		if a.Status == "Failed" {
			// It is about the one number that was sent.
			return nil, &Error{Op: addNumbersToInventoryV2.ID, Parameter: "phoneNumber", cause: fmt.Errorf("%w: the task failed", ErrBadRequest)}
		}
		if end, ok := ctx.Deadline(); task == "" || ctx.Err() != nil || ok && time.Until(end) <= pause {
			return nil, &Error{Op: addNumbersToInventoryV2.ID, Lost: true, cause: pending(task, a.Status, trouble)}
		}
		if admission.Sleep(ctx, pause) != nil {
			continue
		}
		next, err := call[bulkAdd](ctx, c, getBulkAddTaskResultsV2.at(account, task))
		if trouble = err; err == nil {
			a = next
		}
	}
	return a, nil
}

// pending says how far a task was known to be; trouble is why not farther, if there was any.
func pending(task, status string, trouble error) error {
	err := fmt.Errorf("%w: task %.40q is %.40q", ErrPending, task, status)
	if trouble != nil {
		err = fmt.Errorf("%w: %w", err, trouble)
	}
	return err
}

// itemOf finds the one item that is meant, and makes its failure an *Error about what
// its message names, or else the parameter that stands for the item.
func itemOf(o *Operation, parameter string, items []inventoryItem, is func(inventoryItem) bool) (inventoryItem, error) {
	i := slices.IndexFunc(items, is)
	if i < 0 {
		return inventoryItem{}, nonsense(o, "the item is missing")
	}
	item := items[i]
	if item.Successful {
		return item, nil
	}
	e := &Error{Op: o.ID, Status: http.StatusBadRequest}
	if len(item.Errors) > 0 {
		(&envelope{ErrorCode: item.Errors[0].ErrorCode, Message: item.Errors[0].Message}).fill(e)
	}
	if e.Parameter == "" || e.Parameter == "id" || e.Parameter == "records" {
		e.Parameter = parameter
	}
	return item, e
}
