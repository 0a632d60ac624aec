package resolvers

import (
	"errors"
	"strings"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

// items reads the items of a bulk mutation. One that cannot be read is refused, and the
// others are carried out.
func items[I, A any](in []I, read func(I) (A, error), refused func(A, *change.UserError) A) []A {
	out := make([]A, len(in))
	for i, item := range in {
		a, err := read(item)
		if err != nil {
			a = refused(a, unreadable(err))
		}
		out[i] = a
	}
	return out
}

// unreadable is the user error of an item that cannot be read. The field at fault is the
// first word of err: see in.
func unreadable(err error) *change.UserError {
	field, reason, _ := strings.Cut(err.Error(), " ")
	if e, ok := errors.AsType[*model.InputError](err); ok {
		reason = e.Reason
	}
	return &change.UserError{Code: change.Invalid, Message: "It " + reason + ".", Field: []string{field}}
}

// reassignment reads where a number is to go.
func reassignment(item *model.ReassignPhoneNumberInput) (a change.Reassignment, err error) {
	if a.ID, err = numberArgument(item.PhoneNumberID); err == nil {
		a.To, err = optionalExtension(item.ExtensionID, a.ID.Account)
	}
	a.UsageType = or(item.UsageType)
	return a, err
}

// provision reads which number an account is to get.
func provision(item *model.ProvisionPhoneNumberItem, account string) (change.Provision, error) {
	ext, err := optionalExtension(item.ExtensionID, account)
	return change.Provision{
		PhoneNumber: item.PhoneNumber, Extension: ext, UsageType: or(item.UsageType),
		Type: or(item.Type), Label: or(item.Label), ReservationID: or(item.ReservationID),
	}, err
}

// removal reads which number is to be removed.
func removal(item *model.DeletePhoneNumberInput) (a change.Removal, err error) {
	a.ID, err = numberArgument(item.PhoneNumberID)
	return a, err
}

func numberArgument(id string) (rest.PhoneNumberID, error) {
	n, err := model.ParsePhoneNumber(id)
	if err != nil {
		err = in("phoneNumberId", err)
	}
	return n, err
}

// taskArgument checks what is to be the id of a task.
func taskArgument(id string) error {
	odd := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	}
	if id == "" || len(id) > 128 || strings.ContainsFunc(id, odd) {
		return in("id", &model.InputError{Reason: "is no id of a task: it has letters, digits, - and _"})
	}
	return nil
}

// itemsOf reads the account that a bulk input names, and its items.
func itemsOf[In, Out any](accountID *string, items []In, read func(item In, account string) (Out, error)) (account string, out []Out, err error) {
	if account, err = accountArgument(accountID); err != nil {
		return "", nil, err
	}
	out = make([]Out, len(items))
	for i, item := range items {
		if out[i], err = read(item, account); err != nil {
			return "", nil, err
		}
	}
	return account, out, nil
}
