package loader

import (
	"context"
	"slices"

	"github.com/ringql/ringql/internal/rest"
)

// path says how an account is written in a request: one's own is "~", so that the
// same object has one key however it was named. What an account was written as once
// it stays for the whole response, whatever is learned meanwhile: keys announced
// early are those asked for later.
func (l *Loaders) path(account string) string {
	if account == rest.Own {
		return account
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.paths[account]
	if !ok {
		p = account
		if account != "" && account == l.me.ownAccount() {
			p = rest.Own
		}
		l.paths[account] = p
	}
	return p
}

// Account returns an account's record.
func (l *Loaders) Account(ctx context.Context, account string) (*rest.Account, error) {
	return l.account.now(ctx, l.path(account))
}

func (l *Loaders) readAccount(ctx context.Context, account string) (*rest.Account, error) {
	a, err := l.c.ReadAccountInfo(ctx, account)
	if err != nil {
		return nil, err
	}
	if account == rest.Own {
		l.me.learnAccount(a.ID.RCID, true)
	}
	return a, nil
}

// ServiceInfo returns what an account has bought, with features and limits.
func (l *Loaders) ServiceInfo(ctx context.Context, account string) (*rest.ServiceInfo, error) {
	return l.serviceInfo.now(ctx, l.path(account))
}

// AccountID returns the real id of an account, which "~" hides. It costs a call at
// most once per person.
func (l *Loaders) AccountID(ctx context.Context, account string) (string, error) {
	if account != rest.Own {
		return account, nil
	}
	if id := l.me.ownAccount(); id != "" {
		return id, nil
	}
	a, err := l.Account(ctx, rest.Own)
	if err != nil {
		return "", err
	}
	return a.ID.RCID, nil
}

// RealAccount is AccountID for whoever shows the id: an account that is not known to
// be one's own is read, so that one which does not exist, or is not theirs to see, is
// not given out as if it were.
func (l *Loaders) RealAccount(ctx context.Context, account string) (string, error) {
	if l.path(account) == rest.Own {
		return l.AccountID(ctx, account)
	}
	a, err := l.Account(ctx, account)
	if err != nil {
		return "", err
	}
	return a.ID.RCID, nil
}

// learnOwn files the real id of one's own account when the uri of a list of it has
// told it.
func (l *Loaders) learnOwn(asked, uri string) {
	if asked == rest.Own {
		l.me.learnAccount(rest.AccountOf(uri), false)
	}
}

// owned is a record that says which account it belongs to. Other responses may have been
// given the same one, so that it is never written to.
type owned[T any] interface {
	*T
	In(account string) *T
}

// settle is called with every record that an answer to a request for the account asked
// holds, and returns it as it is to be shown. What told says of its account is how it is
// referred to from now on; where that was not told, the real id is found out.
func settle[T any, P owned[T]](ctx context.Context, l *Loaders, asked, told string, r P) (P, error) {
	switch {
	case asked != rest.Own:
		return r, nil
	case told != rest.Own:
		l.spell(told)
		return r, nil
	}
	id, err := l.AccountID(ctx, rest.Own)
	if err != nil {
		return nil, err
	}
	l.spell(id)
	return r.In(id), nil
}

// settled is settle for each record of a page. key is a record's.
func settled[T any, P owned[T]](ctx context.Context, l *Loaders, asked string, p *rest.Page[T], key func(*T) rest.Key) (*rest.Page[T], error) {
	l.learnOwn(asked, p.URI)
	records, err := settledAll[T, P](ctx, l, asked, p.Records, key)
	if err != nil {
		return nil, err
	}
	out := *p
	out.Records = records
	return &out, nil
}

// settledAll is settle for each of rs.
func settledAll[T any, P owned[T]](ctx context.Context, l *Loaders, asked string, rs []T, key func(*T) rest.Key) ([]T, error) {
	if asked != rest.Own {
		return rs, nil
	}
	out := rs
	for i := range rs {
		r, err := settle(ctx, l, asked, key(&rs[i]).Account, P(&rs[i]))
		if err != nil {
			return nil, err
		}
		if r == &rs[i] {
			continue
		}
		if &out[0] == &rs[0] {
			out = slices.Clone(rs)
		}
		out[i] = *r
	}
	return out, nil
}

// spell has the account id written "~" in this response, unless it was written
// otherwise before.
func (l *Loaders) spell(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.paths[id]; !ok {
		l.paths[id] = rest.Own
	}
}

// LearnAccount files the record of an account that was just created: whoever created it
// may not be allowed to read it.
func (l *Loaders) LearnAccount(ctx context.Context, a *rest.Account) {
	l.account.prime(ctx, l.path(a.ID.RCID), a)
}
