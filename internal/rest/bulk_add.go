package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/budget"
)

var (
	addNumbersToInventoryV2 = op("addNumbersToInventoryV2",
		"POST /restapi/v2/accounts/{accountId}/phone-numbers/bulk-add", budget.Heavy, V2, "EditAccounts", "EditCompanyPhoneNumbers")
	getBulkAddTaskResultsV2 = op("getBulkAddTaskResultsV2",
		"GET /restapi/v2/accounts/{accountId}/phone-numbers/bulk-add/{taskId}", budget.Heavy, V2, "EditAccounts", "EditCompanyPhoneNumbers")
)

// PhoneNumberTask is the upstream at work on adding numbers to an account's inventory.
type PhoneNumberTask struct {
	TaskID       ID
	Status       PhoneNumberTaskStatus
	CreationTime DateTime
	Items        []PhoneNumberTaskItem // what it has come to; nil while it runs
}

// RcID is the upstream's own id.
func (t *PhoneNumberTask) RcID() string { return string(t.TaskID) }

// RawStatus is Status as the upstream wrote it.
func (t *PhoneNumberTask) RawStatus() string { return string(t.Status) }

// PhoneNumberTaskItem is what adding one number came to.
type PhoneNumberTaskItem struct {
	PhoneNumber string
	ID          PhoneNumberID // without RCID where it was not told
	Err         error
}

// PhoneNumberTaskStatus says how far a task is. Of one that is done the upstream sends
// the results in place of a status.
type PhoneNumberTaskStatus string

// The states that are told apart.
const (
	taskCompleted PhoneNumberTaskStatus = "Completed"
	taskFailed    PhoneNumberTaskStatus = "Failed"
)

// ErrPending is the class of every PendingError.
var ErrPending = errors.New("upstream: still at work")

// PendingError says that the upstream was still at work when the time was up.
type PendingError struct {
	Task    PhoneNumberTask
	trouble error // why it is not known how far it is, if there was any
}

func (e *PendingError) Error() string {
	s := fmt.Sprintf("%v: task %.40q is %.40q", ErrPending, e.Task.TaskID, e.Task.Status)
	if e.trouble != nil {
		s += ": " + e.trouble.Error()
	}
	return s
}

// Is makes every PendingError an ErrPending.
func (e *PendingError) Is(target error) bool { return target == ErrPending }

// Unwrap gives the trouble, if there was any.
func (e *PendingError) Unwrap() error { return e.trouble }

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
	Records      []inventoryItem       `json:"records"`
	ID           ID                    `json:"id"`
	Status       PhoneNumberTaskStatus `json:"status"`
	CreationTime DateTime              `json:"creationTime"`
}

// bulkAdd adds numbers to the inventory, and waits for the task that it may become.
func (c *Client) bulkAdd(ctx context.Context, account string, ps []Provision) (done *bulkAdd, err error) {
	type record struct {
		PhoneNumber string               `json:"phoneNumber"`
		UsageType   PhoneNumberUsageType `json:"usageType"`
	}
	type records struct {
		Records []record `json:"records"`
	}
	body := records{make([]record, len(ps))}
	for i, p := range ps {
		body.Records[i] = record{p.PhoneNumber, p.stock()}
	}
	r := addNumbersToInventoryV2.at(account).send(body)
	end := c.changing(ctx, r) // it lasts as long as its task
	defer func() { end(err) }()
	added, err := call[bulkAdd](ctx, c, r)
	if err != nil {
		return nil, err
	}
	return c.finished(ctx, account, added)
}

// finished waits for a bulk-add task. Each look is a Heavy call, so the pauses grow
// quickly; one that fails is no news of the task. When the request's time is up the task
// is a *PendingError.
func (c *Client) finished(ctx context.Context, account string, a *bulkAdd) (*bulkAdd, error) {
	task, trouble := PhoneNumberTask{TaskID: a.ID, Status: a.Status, CreationTime: a.CreationTime}, error(nil)
	for pause := time.Second; len(a.Records) == 0; pause *= 2 {
		task.Status = a.Status
		if a.Status == taskFailed {
			// It is about the numbers that were sent.
			return nil, &Error{Op: addNumbersToInventoryV2.ID, Parameter: "phoneNumber", cause: fmt.Errorf("%w: the task failed", ErrBadRequest)}
		}
		if end, ok := ctx.Deadline(); task.TaskID == "" || ctx.Err() != nil || ok && time.Until(end) <= pause {
			return nil, &Error{Op: addNumbersToInventoryV2.ID, Lost: true, cause: &PendingError{task, trouble}}
		}
		if admission.Sleep(ctx, pause) != nil {
			continue
		}
		next, err := c.lookAt(Fresh(ctx), account, string(task.TaskID))
		if trouble = err; err == nil {
			a = next
		}
	}
	return a, nil
}

// lookAt reads a task. What an answer says of another one is no news of it.
func (c *Client) lookAt(ctx context.Context, account, task string) (*bulkAdd, error) {
	return read(ctx, c, getBulkAddTaskResultsV2.at(account, task), func(a *bulkAdd) error {
		if len(a.Records) == 0 && a.Status == "" || a.ID != "" && string(a.ID) != task {
			return nonsense(getBulkAddTaskResultsV2, fmt.Sprintf("%d records of task %.40q, which is %.40q", len(a.Records), a.ID, a.Status))
		}
		return nil
	})
}

// GetBulkAddTaskResults returns how far a task is, or what it has come to. Numbers of the
// account are referred to by the id account.
func (c *Client) GetBulkAddTaskResults(ctx context.Context, account, task string) (*PhoneNumberTask, error) {
	a, err := c.lookAt(ctx, account, task)
	switch {
	case err != nil:
		return nil, err
	case len(a.Records) == 0:
		return &PhoneNumberTask{TaskID: ID(task), Status: a.Status, CreationTime: a.CreationTime}, nil
	}
	t := &PhoneNumberTask{TaskID: ID(task), Status: cmp.Or(a.Status, taskCompleted), CreationTime: a.CreationTime}
	for _, item := range a.Records {
		t.Items = append(t.Items, PhoneNumberTaskItem{
			PhoneNumber: item.PhoneNumber, ID: PhoneNumberID{Key{account, string(item.ID)}},
			Err: item.failure(getBulkAddTaskResultsV2, "phoneNumber"),
		})
	}
	return t, nil
}

// itemOf finds the one item that is meant, and says what it failed for. One that is there
// twice says nothing.
func itemOf(o *Operation, parameter string, items []inventoryItem, is func(inventoryItem) bool) (inventoryItem, error) {
	i := slices.IndexFunc(items, is)
	switch {
	case i < 0:
		return inventoryItem{}, nonsense(o, "the item is missing")
	case slices.ContainsFunc(items[i+1:], is):
		return inventoryItem{}, nonsense(o, "the item is there twice")
	}
	return items[i], items[i].failure(o, parameter)
}

// failure makes the failure of an item an *Error about what its message names, or else
// the parameter that stands for the item.
func (item inventoryItem) failure(o *Operation, parameter string) error {
	if item.Successful {
		return nil
	}
	e := &Error{Op: o.ID, Status: http.StatusBadRequest}
	if len(item.Errors) > 0 {
		(&envelope{ErrorCode: item.Errors[0].ErrorCode, Message: item.Errors[0].Message}).fill(e)
	}
	if e.Parameter == "" || e.Parameter == "id" || e.Parameter == "records" {
		e.Parameter = parameter
	}
	return e
}
