package auth_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/auth"
)

// sessionKey is a key of 32 equal bytes.
func sessionKey(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }

func newCipher(t *testing.T, key string, old ...string) *auth.Cipher {
	t.Helper()
	c, err := auth.NewCipher(key, old...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Only who has the key, and asks for the place, reads what was sealed, and only if not a
// bit of it has changed.
func TestCipher(t *testing.T) {
	one, two, rotated := newCipher(t, sessionKey(1)), newCipher(t, sessionKey(2)), newCipher(t, sessionKey(2), "", sessionKey(1))
	sealed := one.Seal("here", []byte("canary"))
	if bytes.Contains(sealed, []byte("canary")) || bytes.Equal(sealed, one.Seal("here", []byte("canary"))) {
		t.Errorf("sealed twice the same, or not at all: %q", sealed)
	}
	for name, tt := range map[string]struct {
		cipher *auth.Cipher
		place  string
		sealed []byte
		good   bool
	}{
		"same":        {one, "here", sealed, true},
		"old key":     {rotated, "here", sealed, true},
		"new key":     {rotated, "here", two.Seal("here", []byte("canary")), true},
		"other key":   {two, "here", sealed, false},
		"random key":  {newCipher(t, ""), "here", sealed, false},
		"other place": {one, "there", sealed, false},
		"empty":       {one, "here", nil, false},
		"head alone":  {one, "here", sealed[:5], false},
		"cut":         {one, "here", sealed[:len(sealed)-1], false},
	} {
		if plain, err := tt.cipher.Open(tt.place, tt.sealed); (err == nil) != tt.good || tt.good && string(plain) != "canary" {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if plain, err := one.Open("here", bent); err == nil {
			t.Errorf("byte %d bent: %q", i, plain)
		}
	}
}

func TestBadSessionKeys(t *testing.T) {
	for _, key := range []string{"canary", "AAAA", sessionKey(1)[:40], base64.StdEncoding.EncodeToString(make([]byte, 33)), strings.Repeat("-_", 22)} {
		for _, keys := range [][]string{{key}, {sessionKey(1), key}} {
			if _, err := auth.NewCipher(keys[0], keys[1:]...); err == nil || strings.Contains(err.Error(), key) {
				t.Errorf("%q: %v", key, err)
			}
		}
	}
}
