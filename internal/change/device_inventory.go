package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/ringql/ringql/internal/rest"
)

// RemoveDeviceResult is what became of taking a device from whom it belongs to.
type RemoveDeviceResult struct {
	Device     *rest.Device   // as it is now; nil when it is gone, or not known
	DeletedID  *rest.DeviceID // of a device that is gone
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// deviceID is what the upstream calls the device that a change is about.
const deviceID = "deviceId"

// RemoveDevice takes a device from whom it belongs to: into the inventory, or out of the account.
func (c *Changer) RemoveDevice(ctx context.Context, id rest.DeviceID, keep bool) (*RemoveDeviceResult, error) {
	account, err := accountID(ctx, id.Account)
	if err != nil {
		return nil, err
	}
	gone := &rest.DeviceID{Key: rest.Key{Account: account, RCID: id.RCID}}
	r, err := Carry(ctx, Step[rest.Device]{
		Send: func(ctx context.Context) (*rest.Device, error) {
			if err := c.REST.RemoveLine(ctx, id, keep); err != nil || keep {
				return nil, err
			}
			return &rest.Device{ID: *gone}, nil // nothing is left to look at
		},
		Look: func(ctx context.Context) (*rest.Device, bool, error) {
			d, err := c.readDevice(ctx, id)
			switch {
			case keep && err == nil:
				return d, d.Owner == nil && len(d.PhoneLines) == 0, nil
			case !keep && rest.Missing(err, deviceID):
				return &rest.Device{ID: *gone}, true, nil
			}
			return d, false, err
		},
		Fields: map[string]string{deviceID: "deviceId"},
	})
	if err != nil {
		return nil, err
	}
	out := &RemoveDeviceResult{Device: r.Object, Outcome: r.Outcome, UserErrors: r.UserErrors}
	switch {
	case r.Outcome != Applied:
		out.Device = nil
	case !keep:
		out.Device, out.DeletedID = nil, gone
	case out.Device != nil:
		out.Device = out.Device.In(account)
	}
	return out, nil
}

// readDevice reads past everything that is remembered.
func (c *Changer) readDevice(ctx context.Context, id rest.DeviceID) (*rest.Device, error) {
	r := c.REST.ReadDevices(rest.Fresh(ctx), id.Account, []string{id.RCID})[id.RCID]
	return r.Value, r.Err
}

// ReplaceDevice puts the device target in the place of another of an extension. What is
// shown is who the target belongs to then.
func (c *Changer) ReplaceDevice(ctx context.Context, id rest.DeviceID, ext rest.ExtensionID, target rest.DeviceID) (*DeviceResult, error) {
	if target.RCID == id.RCID {
		return Reject[rest.Device](invalid("targetDeviceId", "A device does not take its own place.")), nil
	}
	account, err := accountID(ctx, id.Account)
	if err == nil {
		err = foreign("extensionId", account, ext)
	}
	if err == nil && target.Account != rest.Own && target.Account != account {
		err = &ForeignError{"targetDeviceId"}
	}
	if err != nil {
		return nil, err
	}
	target.Account = id.Account
	r, err := Carry(ctx, Step[rest.Device]{
		Send: func(ctx context.Context) (*rest.Device, error) {
			if err := c.REST.ReplaceDevice(ctx, id.Account, ext.RCID, id.RCID, target.RCID); err != nil {
				return nil, err
			}
			d, _ := c.readDevice(ctx, target) // what became of it is told all the same
			return d, nil
		},
		Look: func(ctx context.Context) (*rest.Device, bool, error) {
			found := c.REST.ReadDevices(rest.Fresh(ctx), id.Account, []string{id.RCID, target.RCID})
			was, now := found[id.RCID], found[target.RCID]
			if err := cmp.Or(was.Err, now.Err); err != nil {
				return nil, false, err
			}
			// Two of one extension look the same before and after.
			return now.Value, belongs(now.Value, ext) && !belongs(was.Value, ext), nil
		},
		Fields: map[string]string{deviceID: "deviceId", "extensionId": "extensionId", "targetDeviceId": "targetDeviceId"},
	})
	if err == nil && r.Object != nil {
		r.Object = r.Object.In(account)
	}
	return r, err
}

func belongs(d *rest.Device, to rest.ExtensionID) bool {
	return d.Owner != nil && d.Owner.ID.RCID == to.RCID
}

// AddDevicesResult is what became of adding devices to the inventory.
type AddDevicesResult struct {
	DeviceIDs  []rest.DeviceID
	Site       *rest.Site
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// The bounds of the upstream's description.
const (
	mostAdded   = 50
	mostRemoved = 10
)

// AddDevicesToInventory adds devices of other makes to the inventory. An answer that is
// lost stays so: nothing lists the inventory.
func (c *Changer) AddDevicesToInventory(ctx context.Context, asked, site string, quantity int) (*AddDevicesResult, error) {
	if quantity < 1 || quantity > mostAdded {
		return &AddDevicesResult{Outcome: Rejected, UserErrors: []*UserError{invalid("quantity", "At least 1 and at most 50 at once.")}}, nil
	}
	account, err := accountID(ctx, asked)
	if err != nil {
		return nil, err
	}
	r, err := Carry(ctx, Step[rest.AddedDevices]{
		Send: func(ctx context.Context) (*rest.AddedDevices, error) {
			return c.REST.AddDevicesToInventory(ctx, asked, site, quantity)
		},
		Fields: map[string]string{"quantity": "quantity", "site": "siteId", "site.id": "siteId"},
	})
	if err != nil {
		return nil, err
	}
	out := &AddDevicesResult{Outcome: r.Outcome, UserErrors: r.UserErrors}
	if r.Outcome == Unknown {
		out.UserErrors[0].Message = "RingCentral's answer was lost. The devices may be in the inventory, which has no list: ask RingCentral before you try again."
	}
	if r.Object != nil {
		if n := len(r.Object.Devices); n < quantity {
			out.Outcome, out.UserErrors = Partial, []*UserError{{Code: Refused, Message: fmt.Sprintf("RingCentral added %d of %d, and does not say why.", n, quantity)}}
		}
		out.Site = r.Object.Site
		for _, d := range r.Object.Devices {
			out.DeviceIDs = append(out.DeviceIDs, rest.DeviceID{Key: rest.Key{Account: account, RCID: d.ID.RCID}})
		}
	}
	return out, nil
}

// DeletedDeviceResult is what became of removing one device.
type DeletedDeviceResult struct {
	DeviceID   rest.DeviceID
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// DeleteDevicesResult is what became of removing devices.
type DeleteDevicesResult struct {
	Results    []*DeletedDeviceResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

// DeleteDevicesFromInventory removes unused devices from an account.
func (c *Changer) DeleteDevicesFromInventory(ctx context.Context, asked string, devices []rest.DeviceID) (*DeleteDevicesResult, error) {
	ids, bad := distinct(devices)
	if bad != nil {
		return &DeleteDevicesResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	ctx, calls := rest.WithCalls(ctx)
	account, err := accountID(ctx, asked)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		if d.Account != rest.Own && d.Account != account {
			return nil, &ForeignError{"deviceIds"}
		}
	}
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	became, err := c.REST.DeleteDevicesFromInventory(sctx, asked, ids)
	u := refusal(err, map[string]string{"records": "deviceIds"})
	switch {
	case u != nil:
		return &DeleteDevicesResult{Outcome: Rejected, UserErrors: []*UserError{u}, Calls: callsOf(calls)}, nil
	case err != nil && !lost(err):
		return nil, err
	}
	gone := c.seeGone(ctx, asked, ids, became)
	out := &DeleteDevicesResult{}
	var outcomes []MutationOutcome
	for _, id := range ids {
		r := &DeletedDeviceResult{DeviceID: rest.DeviceID{Key: rest.Key{Account: account, RCID: id}}}
		r.Outcome, r.UserErrors = judgeDeleted(became == nil, became[id], gone[id])
		out.Results, outcomes = append(out.Results, r), append(outcomes, r.Outcome)
	}
	out.Outcome, out.Calls = summaryOf(outcomes), callsOf(calls)
	return out, nil
}

// distinct returns the ids of devices, of which none stands there twice.
func distinct(devices []rest.DeviceID) ([]string, *UserError) {
	if n := len(devices); n < 1 || n > mostRemoved {
		return nil, invalid("deviceIds", "At least 1 and at most 10 at once.")
	}
	ids, seen := make([]string, len(devices)), map[string]bool{}
	for i, d := range devices {
		if seen[d.RCID] {
			return nil, invalid("deviceIds", "Device "+d.RCID+" stands there twice.")
		}
		ids[i], seen[d.RCID] = d.RCID, true
	}
	return ids, nil
}

// seeGone looks which devices are gone of whom nothing is known: the answer was lost, or
// leaves them out.
func (c *Changer) seeGone(ctx context.Context, account string, ids []string, became map[string]error) map[string]bool {
	var open []string
	for _, id := range ids {
		if became == nil || lost(became[id]) {
			open = append(open, id)
		}
	}
	gone := map[string]bool{}
	if len(open) == 0 {
		return gone
	}
	_, _ = settle(ctx, looks, func(ctx context.Context) (bool, error) {
		for id, r := range c.REST.ReadDevices(rest.Fresh(ctx), account, open) {
			gone[id] = rest.Missing(r.Err, deviceID)
		}
		for _, id := range open {
			if !gone[id] {
				return false, nil
			}
		}
		return true, nil
	})
	return gone
}

// judgeDeleted says what became of one device. One that is not there is as it was wished.
func judgeDeleted(answerLost bool, err error, gone bool) (MutationOutcome, []*UserError) {
	switch {
	case (answerLost || lost(err)) && gone:
		return Applied, nil
	case answerLost || lost(err):
		return Unknown, []*UserError{unknownOutcome()}
	case err == nil:
		return Applied, nil
	case errors.Is(err, rest.ErrNotFound):
		return AlreadyApplied, []*UserError{{Code: NotFound, RCCode: "CMN-102", Message: "There is no such device: it was removed before, or never was."}}
	}
	u := refusal(err, nil)
	if u == nil {
		u = &UserError{Code: Refused, Message: "It was not removed for now: " + class(err) + "."}
	}
	return Rejected, []*UserError{u}
}
