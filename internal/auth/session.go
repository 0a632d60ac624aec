package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// Session is a sign-in as it is now. It holds no token.
type Session struct {
	ID      string // tells sessions apart in logs; no way leads from it to the handle
	Owner   string // the upstream's id of the person
	Account string // the upstream's id of the account; may be unknown
	Name    string // may be unknown
	Scopes  []string
	Created time.Time
	Used    time.Time // last used, give or take a minute
	IdleEnd time.Time // when it ends if it is not used
	End     time.Time // when it ends at the latest
	CSRF    Secret    // what the front end shows that it can read its own pages
	Person  *Person   // whom requests of the session act for

	touch func(context.Context)
	again func(context.Context) error
}

// Use says whether the session still stands, and counts as use of it: what was found once may
// be held for hours by a socket.
func (s *Session) Use(ctx context.Context) error { return s.again(ctx) }

// Trusts says whether token is the session's CSRF token.
func (s *Session) Trusts(token string) bool {
	if s == nil {
		return false
	}
	want := s.CSRF.Reveal()
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(token)) == 1
}

// newHandle returns a handle, which the client alone keeps, and the key of what it stands
// for, which leads back to no handle.
func newHandle() (handle, key string) {
	handle = randomText()
	key, _ = keyOf(handle)
	return handle, key
}

// randomText returns 256 random bits.
func randomText() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// keyOf returns the key that what handle stands for is stored under.
func keyOf(handle string) (key string, ok bool) {
	if len(handle) != base64.RawURLEncoding.EncodedLen(32) {
		return "", false
	}
	sum := sha256.Sum256([]byte(handle))
	return "session:" + hex.EncodeToString(sum[:]), true
}

// idOf is what a session is called in logs: enough of its key to tell it from others, and
// too little to find it by.
func idOf(key string) string {
	_, sum, _ := strings.Cut(key, ":")
	return sum[:min(12, len(sum))]
}
