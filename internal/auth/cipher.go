package auth

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// errUnreadable means that a value was sealed with another key, or for another place, or
// was tampered with.
var errUnreadable = errors.New("a stored value cannot be read with the session keys")

// Cipher seals what is stored: AES-256-GCM, with the key that the value is stored under
// as additional data, so that one value cannot be put in the place of another.
type Cipher struct {
	keys []sealKey // the first one seals, all open
}

type sealKey struct {
	id   [4]byte // which key sealed a value; the first bytes of its hash
	aead cipher.AEAD
}

// sealedForm is the first byte of what Seal returns: another one would be another form.
const sealedForm = 1

// NewCipher returns a Cipher that seals with key and opens what key and the old ones
// sealed. Each is 32 bytes in base64; old ones that are empty are left out. An empty key
// is a random one, which ends with the process.
func NewCipher(key string, old ...string) (*Cipher, error) {
	if key == "" {
		b := make([]byte, 32)
		_, _ = rand.Read(b) // it never fails
		key = base64.StdEncoding.EncodeToString(b)
	}
	c := new(Cipher)
	for i, text := range append([]string{key}, old...) {
		if text == "" && i > 0 {
			continue
		}
		k, err := newSealKey(text)
		if err != nil {
			return nil, err
		}
		c.keys = append(c.keys, k)
	}
	return c, nil
}

func newSealKey(text string) (sealKey, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != 32 {
		return sealKey{}, errors.New("a session key must be 32 bytes in base64: openssl rand -base64 32") // it does not quote it
	}
	block, err := aes.NewCipher(b)
	if err != nil {
		return sealKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealKey{}, err
	}
	k := sealKey{aead: aead}
	sum := sha256.Sum256(append([]byte("ringql session key\x00"), b...))
	copy(k.id[:], sum[:])
	return k, nil
}

// Seal returns plain so that only Open can read it, and only for the same place.
func (c *Cipher) Seal(place string, plain []byte) []byte {
	k := c.keys[0]
	out := append([]byte{sealedForm}, k.id[:]...)
	return k.aead.Seal(out, nil, plain, []byte(place)) //nolint:gosec // it makes its own nonce
}

// Open returns what Seal made sealed of.
func (c *Cipher) Open(place string, sealed []byte) ([]byte, error) {
	const head = 1 + len(sealKey{}.id)
	if len(sealed) < head || sealed[0] != sealedForm {
		return nil, errUnreadable
	}
	for _, k := range c.keys {
		if !bytes.Equal(k.id[:], sealed[1:head]) {
			continue
		}
		if plain, err := k.aead.Open(nil, nil, sealed[head:], []byte(place)); err == nil {
			return plain, nil
		}
	}
	return nil, errUnreadable
}

// current says whether sealed was sealed with the key that seals now.
func (c *Cipher) current(sealed []byte) bool {
	id := c.keys[0].id
	return len(sealed) > len(id) && bytes.Equal(id[:], sealed[1:1+len(id)])
}
