package loader

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/rest"
)

// Remember returns what read comes to, which is called once per response however often
// name is asked for. It is for reads that the upstream serves one by one and no list
// announces. The name says which read it is, with all its arguments; one name has one type.
func Remember[V any](ctx context.Context, name string, read func(context.Context) (V, error)) (V, error) {
	l := For(ctx)
	l.reads.LoadOrStore(name, func(ctx context.Context) (any, error) { return read(ctx) })
	v, err := l.other.now(ctx, name)
	out, _ := v.(V)
	return out, err
}

// RememberPage is Remember for a page of a list.
func RememberPage[T any](ctx context.Context, name string, page, perPage int, fetch func(ctx context.Context, page, perPage int) (*rest.Page[T], error)) (*rest.Page[T], error) {
	return Remember(ctx, fmt.Sprintf("%s, page %d of %d", name, page, perPage), func(ctx context.Context) (*rest.Page[T], error) {
		return fetch(ctx, page, perPage)
	})
}

func (l *Loaders) readOther(ctx context.Context, name string) (any, error) {
	v, _ := l.reads.Load(name)
	read, _ := v.(func(context.Context) (any, error))
	return read(ctx)
}

// Path says how an account is written in requests of this response: one's own is "~".
func (l *Loaders) Path(account string) string { return l.path(account) }
