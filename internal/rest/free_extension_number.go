package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// FreeExtensionNumber is a number that no extension has, as far as the upstream's model
// is understood: its description gives no meaning to it.
type FreeExtensionNumber struct {
	ExtensionNumber string
	Successful      bool
	ErrorCode       string
	ErrorMessage    string
}

var getExtensionFreeNumbers = op("getExtensionFreeNumbers",
	"GET /restapi/v1.0/account/{accountId}/extension/free-numbers", budget.Heavy, Legacy, "ReadAccounts", "ReadExtensions").
	shows(ExtensionInfo, AccountInfo)

// GetExtensionFreeNumbers returns the extension numbers that are free, without paging.
// What names no number is left out: nobody could choose it.
func (c *Client) GetExtensionFreeNumbers(ctx context.Context, account string) ([]FreeExtensionNumber, error) {
	type answer struct {
		Items []struct {
			Successful bool         `json:"successful"`
			Extension  ExtensionRef `json:"extension"`
			Error      itemError    `json:"error"`
		} `json:"items"`
	}
	a, err := onlyWay(ctx, c, account, getExtensionFreeNumbers, func() (*answer, error) {
		return read[answer](ctx, c, getExtensionFreeNumbers.at(account), nil)
	})
	if err != nil {
		return nil, err
	}
	if a.Items == nil {
		return nil, nonsense(getExtensionFreeNumbers, "no items")
	}
	var free []FreeExtensionNumber
	for _, i := range a.Items {
		if n := i.Extension.ExtensionNumber; n != "" {
			free = append(free, FreeExtensionNumber{n, i.Successful, clean(i.Error.ErrorCode, 64), clean(i.Error.Message, 512)})
		}
	}
	return free, nil
}
