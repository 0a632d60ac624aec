package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"
)

// company is an upstream with one account, whose state is a number that changes count up.
// A read tells the state of when it came.
type company struct {
	mu    sync.Mutex
	state int
	reads int

	reading  time.Duration // how long a read takes
	changing time.Duration // how long until a change takes effect, and from then until it is answered
	lose     time.Duration // the answer is lost when the change was to take effect, which it does so much later
	silent   bool          // it tells no links
}

func (u *company) now() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state
}

func (u *company) effect() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state++
}

func (u *company) RoundTrip(r *http.Request) (*http.Response, error) {
	link, _, _ := strings.Cut(strings.Replace(r.URL.Path, "~", "1", 1), "/phone-number")
	if u.silent {
		link = ""
	}
	if r.Method == http.MethodGet {
		u.mu.Lock()
		state := u.state
		u.reads++
		u.mu.Unlock()
		time.Sleep(u.reading)
		return answerWith(r, 200, fmt.Sprintf(`{"uri":"https://u%s/phone-number","records":[{"id":7,"label":"%d"}]}`, link, state)), nil
	}
	time.Sleep(u.changing)
	if u.lose > 0 {
		go func() {
			time.Sleep(u.lose)
			u.effect()
		}()
		return nil, errors.New("connection reset")
	}
	u.effect()
	time.Sleep(u.changing)
	return answerWith(r, 200, `{"id":7}`), nil
}

const testTTL = time.Minute

// label reads the state as a person sees it.
func label(t *testing.T, c *Client, who, account string) int {
	t.Helper()
	ctx := context.WithValue(t.Context(), testPerson{}, who)
	p, err := c.ListAccountPhoneNumbers(ctx, account, PhoneNumberFilter{}, 1, 100)
	if err != nil {
		t.Error(err)
		return -1
	}
	var n int
	_, _ = fmt.Sscan(p.Records[0].Label, &n)
	return n
}

func change(t *testing.T, c *Client, who, account string) error {
	t.Helper()
	ctx := context.WithValue(t.Context(), testPerson{}, who)
	_, err := c.ReassignPhoneNumber(ctx, PhoneNumberID{Key{account, "7"}}, Assignment{})
	return err
}

const ms = time.Millisecond

// However reads and a change fall together, a read that begins after the change has ended
// tells of it, and one that begins before it does no older state than that of its beginning.
func TestNoReadOvertakesAChange(t *testing.T) {
	for _, who := range []string{"me", "another of the account", "me, and nothing is remembered"} {
		for reading := 3 * ms; reading <= 33*ms; reading += 6 * ms {
			for begins := -40 * ms; begins <= 40*ms; begins += 2 * ms {
				synctest.Test(t, func(t *testing.T) {
					up := &company{reading: reading, changing: 10 * ms}
					c := New(Config{Generation: OnlyV1, Transport: up, Who: personOf, Cache: CacheConfig{TTL: testTTL}})
					label(t, c, "me", Own) // it is remembered, and whose account it is
					who, forgotten := strings.CutSuffix(who, ", and nothing is remembered")
					if forgotten {
						time.Sleep(testTTL)
					}
					start := time.Now().Add(50 * ms)
					at := func(d time.Duration, f func()) {
						time.Sleep(time.Until(start.Add(d)))
						f()
					}
					var wg sync.WaitGroup
					read := func(d time.Duration, least int) {
						wg.Go(func() {
							at(d, func() {
								if n := label(t, c, "me", Own); n < least {
									t.Errorf("reading takes %s and begins at %s: a read at %s tells state %d, %d was before", reading, begins, d, n, least)
								}
							})
						})
					}
					wg.Go(func() { at(0, func() { _ = change(t, c, who, Own) }) })
					read(begins, 0)
					for d := 20 * ms; d <= 60*ms; d += 5 * ms {
						read(d+1, 1) // the change has ended at 20 ms
					}
					wg.Wait()
					if reads := up.reads; label(t, c, "me", Own) != 1 || up.reads != reads {
						t.Error("what was read after the change is not remembered")
					}
				})
			}
		}
	}
}

// A read of the time when a change is under way is not remembered: it may tell either
// state, and the change may be seen already by who reads past what is remembered.
func TestReadsDuringAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &company{changing: time.Second}
		c := New(Config{Generation: OnlyV1, Transport: up, Who: personOf, Cache: CacheConfig{TTL: testTTL}})
		label(t, c, "me", Own) // whose account it is, is known
		up.reads = 0
		go func() { _ = change(t, c, "me", Own) }()
		time.Sleep(450 * ms)
		go func() { _ = change(t, c, "me", Own) }() // it goes on for longer
		time.Sleep(30 * ms)
		for range 23 {
			time.Sleep(100 * ms)
			if label(t, c, "me", Own) != up.now() {
				t.Error("an older state")
			}
		}
		if up.reads != 20 { // those before both have ended, and one after
			t.Errorf("%d reads", up.reads)
		}
		time.Sleep(time.Second)
	})
}

// A change whose answer was lost may come to pass later.
func TestReadsAfterALostChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &company{reading: 100 * ms, changing: 10 * ms, lose: 7 * time.Second}
		c := New(Config{Generation: OnlyV1, Transport: up, Who: personOf, Cache: CacheConfig{TTL: testTTL}})
		label(t, c, "me", Own)
		if err := change(t, c, "me", Own); !errors.Is(err, ErrLost) {
			t.Fatal(err)
		}
		for range 35 {
			before := up.now()
			if n := label(t, c, "me", Own); n < before {
				t.Errorf("state %d, %d was before", n, before)
			}
			time.Sleep(time.Second)
		}
		reads := up.reads
		if label(t, c, "me", Own); up.reads != reads {
			t.Error("nothing is remembered any more")
		}
	})
}

// A change drops what its person has, what others have of the same account, and what those
// have whose account is not known; and no more.
func TestWhomAChangeConcerns(t *testing.T) {
	for _, tt := range []struct {
		name            string
		who, account    string // whose change, and how it names the account
		reader, of      string // who reads, and of which account
		unknown, silent bool   // the changer has never read; no answer tells an account
		dropped         bool
	}{
		{name: "one's own", who: "a", account: Own, reader: "a", of: Own, dropped: true},
		{name: "one's own, by its id", who: "a", account: "1", reader: "a", of: Own, dropped: true},
		{name: "one's own, of another account", who: "a", account: "2", reader: "a", of: Own, dropped: true},
		{name: "a colleague's", who: "a", account: Own, reader: "b", of: Own, dropped: true},
		{name: "a colleague's, by its id", who: "a", account: "1", reader: "b", of: Own, dropped: true},
		{name: "a partner's", who: "a", account: Own, reader: "b", of: "1", dropped: true},
		{name: "another account's", who: "a", account: "2", reader: "b", of: Own, dropped: false},
		{name: "another account's, by its id", who: "a", account: Own, reader: "b", of: "2", dropped: false},
		{name: "of who is not known", who: "a", account: Own, unknown: true, reader: "b", of: "2", dropped: true},
		{name: "where nothing tells accounts", who: "a", account: "2", silent: true, reader: "b", of: Own, dropped: true},
		{name: "where nothing tells accounts, by ids", who: "a", account: "2", silent: true, reader: "b", of: "1", dropped: false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			up := &company{silent: tt.silent}
			c := New(Config{Generation: OnlyV1, Transport: up, Who: personOf, Cache: CacheConfig{TTL: testTTL}})
			if !tt.unknown {
				label(t, c, tt.who, Own)
			}
			label(t, c, tt.reader, tt.of)
			reads := up.reads
			if label(t, c, tt.reader, tt.of); up.reads != reads {
				t.Fatal("nothing is remembered")
			}
			if err := change(t, c, tt.who, tt.account); err != nil {
				t.Fatal(err)
			}
			if label(t, c, tt.reader, tt.of); (up.reads > reads) != tt.dropped {
				t.Errorf("%d reads after the change", up.reads-reads)
			}
		})
	}
}

// Dictionaries are of no account; and a POST that reads changes nothing.
func TestWhatAChangeLeaves(t *testing.T) {
	up := &company{}
	c := New(Config{Generation: OnlyV1, Transport: up, Cache: CacheConfig{TTL: testTTL, DictionaryTTL: testTTL}})
	countries := func() {
		if _, err := c.ListCountries(t.Context(), CountryFilter{}, 1, 100); err != nil {
			t.Fatal(err)
		}
	}
	countries()
	if err := change(t, c, "", Own); err != nil {
		t.Fatal(err)
	}
	if countries(); up.reads != 1 {
		t.Error("a dictionary was dropped")
	}
	label(t, c, "", Own)
	_, _ = c.ParsePhoneNumbers(t.Context(), []string{"1"}, Parse{})
	_, _ = c.LookupPhoneNumbers(t.Context(), AvailablePhoneNumberFilter{}, 1)
	if label(t, c, "", Own); up.reads != 2 {
		t.Error("a read that is a POST dropped something")
	}
}

// What is told of changes is enough for another replica.
func TestReplicas(t *testing.T) {
	up := &company{}
	var here, there *Client
	cfg := Config{Generation: OnlyV1, Transport: up, Who: personOf, Cache: CacheConfig{TTL: testTTL}}
	there = New(cfg)
	cfg.Changes = func(_ context.Context, ch Change) { there.Heard(ch) }
	here = New(cfg)
	for _, who := range []string{"me", "a colleague"} {
		label(t, here, who, Own)
		if label(t, there, who, Own); up.reads == 0 {
			t.Fatal("nothing was read")
		}
	}
	if err := change(t, here, "me", Own); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"me", "a colleague"} {
		if n := label(t, there, who, Own); n != 1 {
			t.Errorf("%s is told state %d by the other replica", who, n)
		}
	}
	up.lose = time.Hour
	_ = change(t, here, "me", Own)
	label(t, there, "me", Own)
	reads := up.reads
	if label(t, there, "me", Own); up.reads == reads {
		t.Error("the other replica remembers what was read though the answer to a change was lost")
	}
}

// The changes that are remembered are bounded; those of people who were forgotten count as
// having been just now.
func TestManyPeopleChange(t *testing.T) {
	e := newEpochs()
	old := view{person: "old", account: "1"}
	for i := range 3 * mostScopes {
		ch := Change{Person: fmt.Sprint(i), Account: fmt.Sprint(i + 2)}
		e.learn(view{person: ch.Person}, ch.Account)
		e.ended(ch, e.begun(ch))
	}
	if n := e.scopes.Len(); n != mostScopes {
		t.Errorf("%d are remembered", n)
	}
	if n := e.homes.Len(); n != mostScopes {
		t.Errorf("%d accounts are remembered", n)
	}
	if e.current(old) {
		t.Error("a change that was forgotten counts for none")
	}
	if now := e.view("old", request{op: readAccountInfo, account: "1"}); !e.quiet(now) {
		t.Error("a read of now is stale")
	}
}

// A change that is forgotten before it is settled may still come to pass.
func TestUnsettledChangeIsForgotten(t *testing.T) {
	for _, lost := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			e := newEpochs()
			ch := Change{Person: "me", Account: "1", Lost: lost}
			if e.learn(view{person: "me"}, "1"); !e.begun(ch) {
				t.Fatal("it is not under way")
			} else if lost {
				e.ended(ch, true)
			}
			for i := range mostScopes {
				e.heard(Change{Person: fmt.Sprint(i), Account: fmt.Sprint(i + 2)})
			}
			now := e.view("me", request{op: readAccountInfo, account: "1"})
			if e.quiet(now) {
				t.Errorf("lost %v: a read of now is remembered", lost)
			}
			if time.Sleep(unsettled); !e.quiet(now) {
				t.Errorf("lost %v: it is never settled", lost)
			}
		})
	}
}

// Whose own account answers tell in two ways sees the changes of both.
func TestTwoOwnAccounts(t *testing.T) {
	e := newEpochs()
	for _, account := range []string{"1", "2", "1"} {
		e.learn(view{person: "me", account: Own}, account)
	}
	for _, account := range []string{"1", "2"} {
		read := e.view("me", request{op: readAccountInfo, account: Own})
		if e.heard(Change{Person: "another", Account: account}); e.current(read) {
			t.Errorf("a change of account %s leaves what was read", account)
		}
	}
}

// Whose own account it is keeps no answer that told so.
func TestOwnAccountIsNoPartOfAnAnswer(t *testing.T) {
	e, answer := newEpochs(), strings.Repeat("1", 20)
	e.learn(view{person: "me", account: Own}, answer[:10])
	if id := e.real("me", Own); id != answer[:10] || unsafe.StringData(id) == unsafe.StringData(answer) {
		t.Errorf("%q lies in the answer", id)
	}
}

// What a slow read tells is older than what a later one has told already.
func TestSlowReadIsOlder(t *testing.T) {
	for _, many := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			c := New(Config{Generation: OnlyV1, Cache: CacheConfig{TTL: testTTL}, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				n++
				state := n
				if state == 1 {
					time.Sleep(10 * time.Second)
				}
				if strings.Contains(r.URL.Path, ",") {
					resp := answerWith(r, 207, fmt.Sprintf(`[{"resourceId":"11","status":200,"body":{"id":11,"name":"%d"}},{"resourceId":"12","status":200,"body":{"id":12,"name":"%d"}}]`, state, state))
					resp.Header.Set("Content-Type", manyIDsType)
					return resp, nil
				}
				return answerWith(r, 200, fmt.Sprintf(`{"id":11,"name":"%d"}`, state)), nil
			})})
			ids := []string{"11"}
			if many {
				ids = append(ids, "12")
			}
			var wg sync.WaitGroup
			wg.Go(func() { c.ReadExtensions(t.Context(), Own, ids) })
			synctest.Wait()
			c.ReadExtensions(Fresh(t.Context()), Own, ids)
			wg.Wait()
			if got := c.ReadExtensions(t.Context(), Own, ids)["11"]; got.Value.Name != "2" {
				t.Errorf("state %s after state 2", got.Value.Name)
			}
		})
	}
}
