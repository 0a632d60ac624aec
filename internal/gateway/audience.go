package gateway

import (
	"context"
	"fmt"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/ringql/ringql/graph/resolvers"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
)

const (
	// heardFor is for how long it is known what somebody may be told, for all their subscriptions.
	heardFor = 10 * time.Minute
	// mostHeard bounds the memory of it, in people.
	mostHeard = 10_000
	// faith is for how long somebody is told of events while nobody can say whether they may be.
	faith = 10 * time.Minute
	// eventScope is the scope of the app that events take.
	eventScope = "ReadAccounts"
)

// eventPermissions are the permissions of the user that events take, as the schema says.
var eventPermissions = map[notify.Kind]string{notify.Number: "ReadCompanyPhoneNumbers", notify.Extension: "ReadExtensions"}

// audience says who may be told of what: RingCentral tells the gateway, and not each person,
// so that it refuses nobody.
type audience struct {
	events  *notify.Events // nil for none
	load    loader.Config
	timeout time.Duration
	known   *lru.Cache[string, held] // by person
}

// held is the permissions somebody has for others than themselves, and until when they are
// taken to be those.
type held struct {
	permissions []string
	end         time.Time
}

func newAudience(cfg Config, load loader.Config) *audience {
	return &audience{cfg.Events, load, cfg.Timeout, mustLRU[string, held](mostHeard)}
}

// Admit implements resolvers.Audience.
func (a *audience) Admit(ctx context.Context, account string, after *string, kinds ...notify.Kind) (*resolvers.Listener, error) {
	who := auth.Key(ctx)
	switch {
	case a.events == nil:
		return nil, notify.ErrOff
	case who == "":
		return nil, auth.ErrNobody
	case after == nil:
		after = lastEvent(ctx)
	case *after == "":
		return nil, notify.ErrAfter
	}
	begin, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	own, err := loader.New(ctx, a.load).AccountID(begin, rest.Own)
	if err != nil {
		return nil, err
	}
	if account != rest.Own && account != own {
		return nil, fmt.Errorf("events of account %s: %w", account, rest.ErrNotFound)
	}
	hears, err := a.hears(begin, kinds)
	if err != nil {
		return nil, err
	}
	s := notify.Subscription{
		Account: own, Begin: true, Check: a.checks(ctx, hears),
		Person: notify.Person{Key: who, Context: auth.With(context.Background(), auth.From(ctx))},
	}
	if session := sessionFrom(ctx); session != nil {
		s.Person.Login = session.ID // another one of theirs may go on when it ends
	}
	if after != nil {
		s.After = *after
	}
	r, err := a.events.Subscribe(begin, s)
	if err != nil {
		return nil, err
	}
	l := &resolvers.Listener{Reader: r, Account: own, Hears: map[notify.Kind]bool{notify.Gap: true}}
	for _, k := range hears {
		l.Hears[k] = true
	}
	return l, nil
}

// lastEvent is what the client of server-sent events says that it was told last; nil for
// nothing.
func lastEvent(ctx context.Context) *string {
	if r := requestFrom(ctx); r.kinds.whole == typeEvents {
		if id := r.params.Headers.Get("Last-Event-ID"); id != "" {
			return &id
		}
	}
	return nil
}

// hears returns those kinds that whoever ctx acts for may be told of; an error if there are
// none. It never trusts in what is not known.
func (a *audience) hears(ctx context.Context, kinds []notify.Kind) ([]notify.Kind, error) {
	scope, _ := a.load.REST.Rights(ctx).Lacks(eventScope, nil)
	if scope != "" {
		return nil, &rest.Error{Op: "events", Permission: scope, Lacks: rest.LacksScope}
	}
	has, err := a.permissions(ctx)
	if err != nil {
		return nil, err
	}
	var may []notify.Kind
	for _, k := range kinds {
		if slices.Contains(has, eventPermissions[k]) {
			may = append(may, k)
		}
	}
	if len(may) == 0 {
		return nil, &rest.Error{Op: "events", Permission: eventPermissions[kinds[0]], Lacks: rest.LacksPermission}
	}
	return may, nil
}

// permissions returns what the user holds for others than themselves. However many
// subscriptions somebody has, it is read once a minute at most: reads that are under way
// together are one.
func (a *audience) permissions(ctx context.Context) ([]string, error) {
	who := auth.Key(ctx)
	if h, ok := a.known.Get(who); ok && time.Now().Before(h.end) {
		return h.permissions, nil
	}
	p, err := a.load.REST.ReadAuthorizationProfile(ctx, rest.ExtensionID{Key: rest.Key{Account: rest.Own, RCID: rest.Own}}, "")
	if err != nil {
		return nil, err
	}
	h := held{end: time.Now().Add(heardFor)}
	for i := range p.Permissions {
		one := &p.Permissions[i]
		if name := string(one.Permission.RCID); slices.Contains([]string{eventPermissions[notify.Number], eventPermissions[notify.Extension]}, name) && forOthers(one.Scopes) {
			h.permissions = append(h.permissions, name)
		}
	}
	a.known.Add(who, h)
	return h.permissions, nil
}

// forOthers says whether a permission is held for more than one's own extension; where
// RingCentral does not say for whom, it is.
func forOthers(scopes []rest.PermissionScope) bool {
	return len(scopes) == 0 || slices.ContainsFunc(scopes, func(s rest.PermissionScope) bool { return s != "Self" })
}

// checks returns what says from time to time whether whoever ctx acts for may still be told
// what they are told: their session stands, RingCentral takes their token, and they have the
// rights. Where that cannot be found out, what was found before counts for a while. It holds
// nothing of ctx but who that is.
func (a *audience) checks(ctx context.Context, hears []notify.Kind) func(context.Context) error {
	session, seen := sessionFrom(ctx), time.Now()
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		err := a.check(ctx, session, hears)
		switch code, _ := faceOf(err); {
		case err == nil:
			seen = time.Now()
			return nil
		case passing[code] && time.Since(seen) < faith:
			return nil
		}
		return err
	}
}

// passing are the codes of failures that say nothing of whether somebody may be told.
var passing = map[string]bool{codeRateLimited: true, codeUnavailable: true, codeTimeout: true, codeInvalid: true, codeBusy: true}

func (a *audience) check(ctx context.Context, session *auth.Session, hears []notify.Kind) error {
	if session != nil {
		if err := session.Use(ctx); err != nil {
			return err
		}
	}
	may, err := a.hears(ctx, hears)
	if err != nil {
		return err
	}
	for _, k := range hears {
		if !slices.Contains(may, k) {
			return &rest.Error{Op: "events", Permission: eventPermissions[k], Lacks: rest.LacksPermission}
		}
	}
	return nil
}
