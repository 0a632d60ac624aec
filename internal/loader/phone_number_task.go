package loader

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumberTask returns how far a task is that adds numbers to an account, or what it
// has come to.
func (l *Loaders) PhoneNumberTask(ctx context.Context, account, id string) (*rest.PhoneNumberTask, error) {
	account = l.path(account)
	return Remember(ctx, "phone number task "+account+" "+id, func(ctx context.Context) (*rest.PhoneNumberTask, error) {
		return l.c.GetBulkAddTaskResults(ctx, account, id)
	})
}
