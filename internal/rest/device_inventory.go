package rest

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/budget"
)

var (
	removeLineJWSPublic = op("removeLineJWSPublic",
		"DELETE /restapi/v2/accounts/{accountId}/devices/{deviceId}", budget.Medium, V2, "EditAccounts", "EditAccountDevices")
	replaceDevicesJWSPublic = op("replaceDevicesJWSPublic",
		"POST /restapi/v2/accounts/{accountId}/extensions/{extensionId}/devices/{deviceId}/replace", budget.Medium, V2, "EditAccounts", "EditUserDevices")
	addDeviceToInventory = op("addDeviceToInventory",
		"POST /restapi/v2/accounts/{accountId}/device-inventory", budget.Heavy, V2, "EditAccounts")
	deleteDeviceFromInventory = op("deleteDeviceFromInventory",
		"DELETE /restapi/v2/accounts/{accountId}/device-inventory", budget.Heavy, V2, "EditAccounts")
)

// only carries out what one operation alone serves.
func only(ctx context.Context, c *Client, account string, o *Operation, do func() error) error {
	_, err := either(ctx, c, account, way[struct{}]{o, func() (struct{}, error) { return struct{}{}, do() }})
	return err
}

// RemoveLine takes a device and its number from whom they belong to: into the inventory,
// or out of the account.
func (c *Client) RemoveLine(ctx context.Context, id DeviceID, keep bool) error {
	type body struct {
		Keep bool `json:"keepAssetsInInventory"`
	}
	return only(ctx, c, id.Account, removeLineJWSPublic, func() error {
		return c.act(ctx, removeLineJWSPublic.at(id.Account, id.RCID).send(body{keep}))
	})
}

// ReplaceDevice puts the device target in the place of another of an extension.
func (c *Client) ReplaceDevice(ctx context.Context, account, extension, device, target string) error {
	type body struct {
		Target string `json:"targetDeviceId"`
	}
	return only(ctx, c, account, replaceDevicesJWSPublic, func() error {
		return c.act(ctx, replaceDevicesJWSPublic.at(account, extension, device).send(body{target}))
	})
}

// AddedDevices are devices that were added to the inventory.
type AddedDevices struct {
	Devices []DeviceRef `json:"devices"`
	Site    *Site       `json:"site"`
}

// AddDevicesToInventory adds devices of other makes to the inventory of a site; "" is the
// main one.
func (c *Client) AddDevicesToInventory(ctx context.Context, account, site string, quantity int) (*AddedDevices, error) {
	type body struct {
		Type     DeviceType `json:"type"`
		Quantity int        `json:"quantity"`
		Site     *ByID      `json:"site,omitzero"`
	}
	return either(ctx, c, account, way[*AddedDevices]{addDeviceToInventory, func() (*AddedDevices, error) {
		added, err := call[AddedDevices](ctx, c, addDeviceToInventory.at(account).send(body{"OtherPhone", quantity, To(site)}))
		if err != nil {
			return nil, err
		}
		seen := map[string]bool{}
		for _, d := range added.Devices {
			if !known(d.ID.RCID) || seen[d.ID.RCID] {
				return nil, nonsense(addDeviceToInventory, "a device without an id, or one that is there twice")
			}
			seen[d.ID.RCID] = true
		}
		if n := len(added.Devices); n == 0 || n > quantity {
			return nil, nonsense(addDeviceToInventory, fmt.Sprintf("%d devices in place of %d", n, quantity))
		}
		return added, nil
	}})
}

// DeleteDevicesFromInventory removes unused devices from the account, and returns what
// became of each.
func (c *Client) DeleteDevicesFromInventory(ctx context.Context, account string, ids []string) (map[string]error, error) {
	type record struct {
		ID         ID          `json:"deviceId"`
		Successful bool        `json:"bulkItemSuccessful,omitzero"`
		Errors     []itemError `json:"bulkItemErrors,omitzero"`
	}
	type records struct {
		Records []record `json:"records"`
	}
	body := records{make([]record, len(ids))}
	for i, id := range ids {
		body.Records[i].ID = ID(id)
	}
	return either(ctx, c, account, way[map[string]error]{deleteDeviceFromInventory, func() (map[string]error, error) {
		done, err := call[records](ctx, c, deleteDeviceFromInventory.at(account).send(body))
		if err != nil {
			return nil, err
		}
		out := make(map[string]error, len(ids))
		for _, id := range ids {
			out[id] = nonsense(deleteDeviceFromInventory, "the item is missing")
		}
		seen := map[string]bool{}
		for _, r := range done.Records {
			switch id := string(r.ID); {
			case seen[id]:
				out[id] = nonsense(deleteDeviceFromInventory, "the item is there twice")
			default:
				seen[id], out[id] = true, inventoryItem{Successful: r.Successful, Errors: r.Errors}.failure(deleteDeviceFromInventory, "deviceId")
			}
		}
		return out, nil
	}})
}
