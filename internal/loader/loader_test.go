package loader_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// bench is loaders over a simulated upstream.
type bench struct {
	sim  *sim.Server
	cfg  loader.Config
	auth auth.Authenticator
}

func newBench(t testing.TB, cfg sim.Config) *bench {
	t.Helper()
	s, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	gate := budget.NewGate()
	return &bench{sim: s, cfg: loader.Config{
		REST: rest.New(rest.Config{
			BaseURL: "http://upstream", Who: auth.Key,
			Transport: rest.Chain(s.Transport(), auth.Transport(), budget.Transport(gate, auth.Key)),
		}),
		Memory: loader.NewMemory(), Gate: gate, Who: auth.Key,
	}}
}

// as returns a context of a response for the person with that extension.
func (b *bench) as(t testing.TB, extension string) context.Context {
	t.Helper()
	return loader.With(b.person(t, extension), b.cfg)
}

// person returns a context of the person with that extension.
func (b *bench) person(t testing.TB, extension string) context.Context {
	t.Helper()
	p, err := b.auth.Identify("Bearer "+b.sim.Token(extension), "")
	if err != nil {
		t.Fatal(err)
	}
	return auth.With(t.Context(), p)
}

func announce(ctx context.Context, of func(*loader.Announcement)) {
	a := loader.For(ctx).Announce()
	of(a)
	a.Go(ctx)
}

var own = rest.ExtensionID{Key: rest.Key{Account: rest.Own, RCID: rest.Own}}

// Keys that are announced leave together, at once, and keys asked for in the same
// moment leave together too.
func TestOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.Config{Extensions: 60})
		ctx := b.as(t, sim.AdministratorID)
		l := loader.For(ctx)
		ids, err := l.AllExtensions(ctx, rest.Own, 100)
		if err != nil {
			t.Fatal(err)
		}
		b.sim.ResetCalls()
		announce(ctx, func(a *loader.Announcement) { a.Devices(ids, rest.DeviceFilter{}, 1, 10, plan.DeviceNeed{}) })
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() {
				if _, err := l.Devices(ctx, id, rest.DeviceFilter{}, 1, 10, plan.DeviceNeed{}); err != nil {
					t.Error(err)
				}
				if _, err := l.WholeExtension(ctx, id); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(b.sim.Calls()); n != 4 {
			t.Errorf("%d calls for two relations of 60 extensions, want 4", n)
		}
	})
}

// Two people ask for "~" through one gateway, again and again and side by side:
// each gets their own, though the URLs are the same.
func TestPeopleAreApart(t *testing.T) {
	b := newBench(t, sim.Config{Limits: map[string]int{"light": 1_000_000}})
	names := map[string]string{sim.AdministratorID: "John Smith", sim.StandardUserID: "Jane Smith"}
	var wg sync.WaitGroup
	for id, name := range names {
		for range 4 {
			wg.Go(func() {
				person := b.person(t, id)
				for i := range 300 {
					ctx := loader.With(person, b.cfg)
					l := loader.For(ctx)
					if i > 0 && !l.Named(own) {
						t.Error("who they are was not remembered")
						return
					}
					e, err := l.WholeExtension(ctx, own)
					if err != nil || e.Name != name || e.ID.RCID != id {
						t.Errorf("%s got %+v, %v", name, e, err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
}

// A need that cannot be paid in time is refused before its first call, and it is said when
// it could be: this minute or a later one.
func TestNothingIsSentForWhatCannotBePaid(t *testing.T) {
	for numbers, minutes := range map[int]int{1500: 1, 4500: 2} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, sim.Config{Extensions: 200, Numbers: numbers, Limits: map[string]int{"light": 20, "medium": 40, "heavy": 2}})
			ctx := b.as(t, sim.AdministratorID)
			l := loader.For(ctx)
			if _, err := l.PhoneNumbers(ctx, rest.Own, rest.PhoneNumberFilter{}, 1, 1); err != nil { // tells how many there are
				t.Fatal(err)
			}
			if _, err := l.Account(ctx, rest.Own); err != nil { // tells how many Light calls there are
				t.Fatal(err)
			}
			ids, err := l.AllExtensions(ctx, rest.Own, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = l.Assigned(ctx, loader.AssignedKey{Ext: ids[0]}); err != nil {
				t.Errorf("one extension: %v", err)
			}
			b.sim.ResetCalls()
			announce(ctx, func(a *loader.Announcement) { a.Assigned(ids[1:], plan.NumberNeed{}) })
			_, err = l.Assigned(ctx, loader.AssignedKey{Ext: ids[1]})
			e, _ := errors.AsType[*plan.Exceeded](err)
			if e == nil || (e.FitsIn+time.Minute-time.Second)/time.Minute != time.Duration(minutes) || len(b.sim.Calls()) != 0 {
				t.Errorf("%d extensions, %d numbers: %v after %v", len(ids)-1, numbers, err, b.sim.Calls())
			}
		})
	}
}

// Assigned numbers are the same whichever way they were read.
func TestWaysAgree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read := func(limits map[string]int) string {
			b := newBench(t, sim.Config{Extensions: 40, Numbers: 300, Seed: 7, Limits: limits})
			ctx := b.as(t, sim.AdministratorID)
			l := loader.For(ctx)
			ids, err := l.AllExtensions(ctx, rest.Own, 100)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Account(ctx, rest.Own); err != nil {
				t.Fatal(err)
			}
			if _, err := l.PhoneNumbers(ctx, rest.Own, rest.PhoneNumberFilter{}, 1, 1); err != nil {
				t.Fatal(err)
			}
			b.sim.ResetCalls()
			var out []string
			announce(ctx, func(a *loader.Announcement) { a.Assigned(ids, plan.NumberNeed{}) })
			for _, id := range ids {
				rows, err := l.Assigned(ctx, loader.AssignedKey{Ext: id})
				if err != nil {
					t.Fatal(err)
				}
				for i := range rows {
					out = append(out, id.RCID+" "+rows[i].PhoneNumber+" "+string(rows[i].UsageType))
				}
			}
			kind := "list"
			if len(b.sim.Calls()) > 10 {
				kind = "own lists"
			}
			return kind + "\n" + strings.Join(out, "\n")
		}
		list := read(map[string]int{"light": 100, "medium": 40, "heavy": 10})
		lists := read(map[string]int{"light": 10_000, "medium": 40, "heavy": 2})
		if !strings.HasPrefix(list, "list\n") || !strings.HasPrefix(lists, "own lists\n") {
			t.Fatalf("the ways were not both taken: %.20q %.20q", list, lists)
		}
		if strings.TrimPrefix(list, "list\n") != strings.TrimPrefix(lists, "own lists\n") {
			t.Errorf("by list\n%s\nby own lists\n%s", list, lists)
		}
	})
}

// Who needs an extension while a list is under way that shows it waits for that list, but
// for who wants the state of now.
func TestListUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.Config{Latency: time.Second})
		ctx := b.as(t, sim.NumberManagerID)
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := loader.For(ctx).Extensions(ctx, rest.Own, rest.ExtensionFilter{}, 1, 100); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Millisecond)
		jane := rest.ExtensionID{Key: rest.Key{Account: rest.Own, RCID: sim.StandardUserID}}
		e, err := loader.For(ctx).Extension(ctx, jane)
		if err != nil || e.Name != "Jane Smith" {
			t.Errorf("%v, %v", e, err)
		}
		wg.Wait()
		if calls := b.sim.Calls(); len(calls) != 1 {
			t.Errorf("calls: %q", calls)
		}
		if _, err := loader.For(ctx).Extension(rest.Fresh(ctx), jane); err != nil {
			t.Error(err)
		}
		if calls := b.sim.Calls(); len(calls) != 2 {
			t.Errorf("the state of now is not what a list showed before: %q", calls)
		}
	})
}
