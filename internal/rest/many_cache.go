package rest

import (
	"context"
	"net/http"
)

// Answers to many ids are remembered id by id, so that a later request asks only for those
// that are missing.

// once returns what r, which names ids, comes to. Of a read, others may be given it.
func (m *manyRun[T]) once(ctx context.Context, r request, ids []string) (parts[T], error) {
	if r.failed != nil || m.op.Method != http.MethodGet {
		return m.fly(ctx, r, ids)
	}
	key := m.c.keyOf(ctx, r)
	key.part = true
	v, err := m.c.share(ctx, need{
		key: key, r: r,
		fetch: func(ctx context.Context) (any, error) { return m.fly(ctx, r, ids) },
		find:  func(k readKey) *entry { return m.recallAll(k, ids) },
		keep:  func(k readKey, v any, size int64, seen view) { m.keep(k, v.(parts[T]), size, seen) }, //nolint:forcetypeassert // fetch made it
	})
	if err != nil {
		return nil, err
	}
	return v.(parts[T]), nil //nolint:forcetypeassert // as in read
}

// recall files what is remembered of ids and returns the others.
func (m *manyRun[T]) recall(ctx context.Context, ids []string) (missing []string) {
	if m.op.Method != http.MethodGet || WantsFresh(ctx) || m.c.cache.ttl(m.op) <= 0 {
		return ids
	}
	k := m.c.keyOf(ctx, request{op: m.op, query: m.query})
	found := false
	for _, id := range ids {
		e := m.recallOne(k, id, len(ids) == 1)
		if e == nil {
			missing = append(missing, id)
			continue
		}
		sees(ctx, e.expiry)
		r := Result[*T]{Value: e.value.(*T)} //nolint:forcetypeassert // as in read
		if !purseOf(ctx).spend(e.size) {
			r = Result[*T]{Err: failed(ctx, m.op, ErrTooMuch, false)}
		}
		m.set(id, r)
		found = true
	}
	if found {
		m.c.spared(ctx, m.op, false)
	}
	return missing
}

// recallOne returns what is remembered of id; nil for nothing. What was told of it among
// others may be too little for who asks for it alone.
func (m *manyRun[T]) recallOne(k readKey, id string, alone bool) *entry {
	r := m.op.atMany([]string{id}, m.names...)
	if r.failed != nil {
		return nil
	}
	k.path, k.part = r.path, false
	if e := m.c.recall(k); e != nil || alone && m.op.lone {
		return e
	}
	k.part = true
	return m.c.recall(k)
}

// recallAll returns what is remembered of ids, if that is all of them.
func (m *manyRun[T]) recallAll(k readKey, ids []string) *entry {
	all := &entry{}
	out := make(parts[T], len(ids))
	for _, id := range ids {
		e := m.recallOne(k, id, false)
		if e == nil {
			return nil
		}
		out[id] = Result[*T]{Value: e.value.(*T)} //nolint:forcetypeassert // as in read
		if all.size += e.size; all.expiry.IsZero() || e.expiry.Before(all.expiry) {
			all.expiry = e.expiry
		}
	}
	all.value = out
	return all
}

// keep remembers each part that went well.
func (m *manyRun[T]) keep(k readKey, all parts[T], size int64, seen view) {
	for id, part := range all {
		if part.Err != nil {
			continue
		}
		r := m.op.atMany([]string{id}, m.names...)
		k.path = r.path
		m.c.keep(k, part.Value, size/int64(len(all)), seen.only(r))
	}
}
