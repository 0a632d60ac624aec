package loader

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/rest"
)

// path says how an account is written in a request: one's own is always "~", so
// that the same object has one key however it was named.
func (l *Loaders) path(account string) string {
	if account != "" && account == l.me.ownAccount() {
		return rest.Own
	}
	return account
}

// Account returns an account's record.
func (l *Loaders) Account(ctx context.Context, account string) (*rest.Account, error) {
	return l.account.load(ctx, l.path(account))
}

func (l *Loaders) readAccount(ctx context.Context, account string) (*rest.Account, error) {
	a, err := l.c.ReadAccountInfo(ctx, account)
	if err != nil {
		return nil, err
	}
	if account == rest.Own {
		l.me.learnAccount(a.ID.RCID)
	}
	return a, nil
}

// ServiceInfo returns what an account has bought, with features and limits.
func (l *Loaders) ServiceInfo(ctx context.Context, account string) (*rest.ServiceInfo, error) {
	return l.serviceInfo.load(ctx, l.path(account))
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
	return named(a)
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
	return named(a)
}

// named returns the id of an account's record. One without would make a global id that
// names nothing.
func named(a *rest.Account) (string, error) {
	if a.ID.RCID == "" {
		return "", fmt.Errorf("an account without an id: %w", rest.ErrInvalid)
	}
	return a.ID.RCID, nil
}

// LearnAccount files the real id of one's own account, which the uri of an answer
// to a request for "~" tells.
func (l *Loaders) LearnAccount(asked, uri string) { l.learnOwn(asked, rest.AccountOf(uri)) }

// learnOwn files the real id of one's own account when an answer has told it.
func (l *Loaders) learnOwn(asked, told string) {
	if asked == rest.Own {
		l.me.learnAccount(told)
	}
}
