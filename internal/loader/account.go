package loader

import (
	"context"

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
