package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// mostSessions bounds the sessions of one person; the oldest is ended. The upstream itself
// keeps five or so.
const mostSessions = 20

// list is the keys of one person's sessions, oldest first, and when they are over.
type list []listed

type listed struct {
	Key string
	End time.Time
}

// listKey is where the list of an owner is stored.
func (s *Sessions) listKey(owner string) string {
	sum := sha256.Sum256([]byte(s.app() + "\x00" + owner))
	return "owner:" + hex.EncodeToString(sum[:])
}

func (s *Sessions) list(ctx context.Context, owner string) (raw []byte, l list, err error) {
	key := s.listKey(owner)
	if raw, err = s.cfg.Store.Load(ctx, key); err != nil || raw == nil {
		return raw, nil, err
	}
	// A list that cannot be read is as good as none: so are the sessions in it.
	if plain, err := s.cfg.Cipher.Open(key, raw); err == nil {
		_ = json.Unmarshal(plain, &l)
	}
	return raw, l, nil
}

// enlist puts the session of key on the list of r's owner. One that could not be put there
// is ended: it would outlive EndAll.
func (s *Sessions) enlist(ctx context.Context, r *record, key string) error {
	var over list
	err := s.editList(ctx, r.Owner, func(l list) (now list) {
		now, over = l.add(listed{key, r.Created.Add(s.cfg.Life)})
		return now
	})
	if err != nil {
		_ = s.end(context.WithoutCancel(ctx), key, SignedOut)
		return err
	}
	for _, k := range over {
		s.later(ctx, func(ctx context.Context) { _ = s.end(ctx, k.Key, Displaced) }) // else its time ends it
	}
	return nil
}

// delist takes the session of key off the list of owner. If it fails, its time does.
func (s *Sessions) delist(ctx context.Context, owner, key string) {
	_ = s.editList(ctx, owner, func(l list) list {
		return slices.DeleteFunc(l, func(k listed) bool { return k.Key == key })
	})
}

// editList has f change the list of owner, as one step.
func (s *Sessions) editList(ctx context.Context, owner string, f func(list) list) error {
	for range tries {
		raw, l, err := s.list(ctx, owner)
		if err != nil {
			return err
		}
		if ok, err := s.swapList(ctx, owner, raw, f(l)); ok || err != nil {
			return err
		}
	}
	return errContended
}

// add returns l with one more, and those for whom there is no room.
func (l list) add(one listed) (now, over list) {
	for _, k := range l {
		if time.Now().Before(k.End) {
			now = append(now, k)
		}
	}
	now = append(now, one)
	first := max(0, len(now)-mostSessions)
	return now[first:], now[:first]
}

func (s *Sessions) swapList(ctx context.Context, owner string, raw []byte, l list) (bool, error) {
	key := s.listKey(owner)
	if len(l) == 0 {
		return s.cfg.Store.Swap(ctx, key, raw, nil, 0)
	}
	plain, err := json.Marshal(l)
	if err != nil {
		return false, err
	}
	return s.cfg.Store.Swap(ctx, key, raw, s.cfg.Cipher.Seal(key, plain), time.Until(l[len(l)-1].End))
}

// EndAll ends all sessions of owner, here and upstream.
func (s *Sessions) EndAll(ctx context.Context, owner string) error {
	for range tries {
		raw, all, err := s.list(ctx, owner)
		if err != nil {
			return away(err)
		}
		for _, k := range all {
			if err := s.end(ctx, k.Key, Everywhere); err != nil {
				return err
			}
		}
		if raw == nil {
			return nil
		}
		if ok, err := s.swapList(ctx, owner, raw, nil); ok || err != nil {
			return away(err)
		}
	}
	return away(errContended)
}
