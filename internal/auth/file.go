package auth

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// File is a Store in a file of one machine, which survives a restart. One process at a
// time has it.
type File struct {
	db    *bbolt.DB
	swept atomic.Int64 // when, in Unix seconds
}

var bucket = []byte("values")

const (
	// sweep is how often what has expired is taken out of a file.
	sweep = 10 * time.Minute
	// stamp is the length of a value's end, which stands before it.
	stamp = 8
)

// OpenFile returns the File at path, which it makes if there is none. Nobody but the owner
// may read it.
func OpenFile(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("session file: %w", err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("session file %s: another process has it; several replicas need Redis", path)
	}
	if err != nil {
		return nil, fmt.Errorf("session file %s: %w", path, err)
	}
	f := &File{db: db}
	err = os.Chmod(path, 0o600) // it may be older, and anybody's to read
	if err == nil {
		err = db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists(bucket)
			if err != nil {
				return err
			}
			return f.sweep(b)
		})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("session file %s: %w", path, err), db.Close())
	}
	return f, nil
}

// Close lets go of the file.
func (f *File) Close() error { return f.db.Close() }

// Load implements Store.
func (f *File) Load(ctx context.Context, key string) (value []byte, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = f.db.View(func(tx *bbolt.Tx) error {
		value = slices.Clone(alive(tx.Bucket(bucket).Get([]byte(key)), time.Now()))
		return nil
	})
	return value, err
}

// Swap implements Store. When it returns, the value is on the disk.
func (f *File) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (done bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	err = f.db.Update(func(tx *bbolt.Tx) error {
		b, now := tx.Bucket(bucket), time.Now()
		if done = bytes.Equal(alive(b.Get([]byte(key)), now), old); !done {
			return nil
		}
		if now.Unix()-f.swept.Load() >= int64(sweep/time.Second) {
			if err := f.sweep(b); err != nil {
				return err
			}
		}
		if len(value) == 0 {
			return b.Delete([]byte(key))
		}
		end := binary.BigEndian.AppendUint64(nil, uint64(max(0, now.Add(life).UnixNano())))
		return b.Put([]byte(key), append(end, value...))
	})
	return done && err == nil, err
}

// sweep takes out what has expired, which Load does not show any more.
func (f *File) sweep(b *bbolt.Bucket) error {
	now := time.Now()
	f.swept.Store(now.Unix())
	var over [][]byte
	err := b.ForEach(func(k, v []byte) error {
		if alive(v, now) == nil {
			over = append(over, slices.Clone(k))
		}
		return nil
	})
	for _, k := range over {
		err = errors.Join(err, b.Delete(k))
	}
	return err
}

// alive returns the value of what is kept, nil if its time is over.
func alive(kept []byte, now time.Time) []byte {
	if len(kept) <= stamp || now.UnixNano() >= int64(binary.BigEndian.Uint64(kept)) {
		return nil
	}
	return kept[stamp:]
}
