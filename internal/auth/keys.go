package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// KeyHeader is the header that a client shows its gateway key in. It is not Authorization:
// a key that was taken for a bearer token would be sent upstream.
const KeyHeader = "X-RingQL-Key"

// ErrKey means that a client's gateway key is none of those that are known.
var ErrKey = errors.New("the gateway key is unknown")

// Keys are the clients that may act as the service's person, by the hashes of their keys.
type Keys struct{ clients []client }

type client struct {
	name string
	sum  [sha256.Size]byte
}

// shortestKey is how long a key is at least: 128 bits in hexadecimal.
const shortestKey = 32

var clientName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// NewKeys reads "name=key", or "name=sha256:" and the hash of the key in hexadecimal. No
// keys at all are nil: none is needed then.
func NewKeys(specs []string) (*Keys, error) {
	if len(specs) == 0 {
		return nil, nil //nolint:nilnil // that is what it says
	}
	k, seen := new(Keys), map[string]bool{}
	for i, spec := range specs {
		name, text, named := strings.Cut(spec, "=")
		if !named || !clientName.MatchString(name) || seen[name] {
			return nil, fmt.Errorf("gateway key %d: it must be name=key, with a name of its own", i+1) // it does not quote it
		}
		seen[name] = true
		sum, err := keySum(text)
		if err != nil {
			return nil, fmt.Errorf("gateway key of %s: %w", name, err)
		}
		k.clients = append(k.clients, client{name, sum})
	}
	return k, nil
}

func keySum(text string) (sum [sha256.Size]byte, err error) {
	hash, hashed := strings.CutPrefix(text, "sha256:")
	if !hashed {
		if len(text) < shortestKey {
			return sum, fmt.Errorf("it must have %d characters or more: openssl rand -hex 32", shortestKey)
		}
		return sha256.Sum256([]byte(text)), nil
	}
	b, err := hex.DecodeString(hash)
	if err != nil || len(b) != len(sum) {
		return sum, errors.New("after sha256: there must be 64 hexadecimal digits")
	}
	return [sha256.Size]byte(b), nil
}

// name returns whose key this is. How long that takes says nothing about the keys.
func (k *Keys) name(key string) (name string, ok bool) {
	sum := sha256.Sum256([]byte(key))
	for _, c := range k.clients {
		if subtle.ConstantTimeCompare(sum[:], c.sum[:]) == 1 {
			name, ok = c.name, true
		}
	}
	return name, ok
}
