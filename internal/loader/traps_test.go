package loader_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// A dataloader waits 16 ms for more keys unless it is told otherwise: levels of a query
// that wait for each other add up. The upstream takes no time here, so that all there is
// to measure is the waiting.
func TestTrapWaiting(t *testing.T) {
	check := func(three func(t *testing.T) error) (err error) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if err = three(t); err != nil {
				return
			}
			if d := time.Since(start); d > 3*time.Millisecond {
				err = fmt.Errorf("three levels wait %s", d)
			}
		})
		return err
	}
	stock := func(t *testing.T) error {
		for range 3 {
			dl := dataloader.NewBatchedLoader(func(_ context.Context, keys []string) []*dataloader.Result[string] {
				return make([]*dataloader.Result[string], len(keys))
			})
			_, _ = dl.Load(t.Context(), "1")()
		}
		return nil
	}
	if err := check(stock); err == nil || err.Error() != "three levels wait 48ms" {
		t.Errorf("dataloader as it is: %v", err)
	}
	ours := func(t *testing.T) error {
		b := newBench(t, sim.Config{})
		ctx := loader.With(b.person(t, sim.AdministratorID), b.cfg)
		l := loader.For(ctx)
		ext, err := l.WholeExtension(ctx, own)
		if err != nil {
			return err
		}
		devices, err := l.Devices(ctx, ext.ID, rest.DeviceFilter{}, 1, 10, plan.DeviceNeed{})
		if err != nil {
			return err
		}
		if len(devices.Records) == 0 {
			return fmt.Errorf("%s has no devices", ext.Name)
		}
		_, err = l.Device(ctx, devices.Records[0].ID)
		return err
	}
	if err := check(ours); err != nil {
		t.Error(err)
	}
}
