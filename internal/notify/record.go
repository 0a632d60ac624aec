package notify

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// recordLife is for how long it is known that RingCentral was told to tell of an account,
// beyond the last time that somebody looked after it.
const recordLife = 48 * time.Hour

// record is what the replicas know of the subscription at RingCentral for one account. Nobody
// can sign in with what is in it.
type record struct {
	Nonce string    `json:"nonce"`          // in the address of its webhook; "" for a WebSocket
	Line  string    `json:"line,omitempty"` // tells its WebSocket from others; "" for a webhook
	ID    string    `json:"id,omitempty"`   // at RingCentral; "" while it is made
	Who   string    `json:"who"`            // a sum of whose it is
	Seen  time.Time `json:"seen"`           // when somebody last looked after it
	Told  bool      `json:"told"`           // RingCentral has told of the account before
	Gap   Reason    `json:"gap,omitempty"`  // of the gap that is to be written before what it tells counts; "" once it is
}

// mine says whether a person can ask for the subscription.
func (r *record) mine(p Person) bool { return r != nil && r.ID != "" && r.Who == sum(p.Key) }

func sum(text string) string {
	b := sha256.Sum256([]byte(text))
	return hex.EncodeToString(b[:16])
}

// why is the reason of the gap before what a new subscription tells, after what r knows.
func (r *record) why() Reason {
	if r != nil && r.Told {
		return Interrupted
	}
	return Started
}

// over says whether the subscription is the one over the WebSocket of that name.
func (r *record) over(line string) bool { return r != nil && r.Line == line }

// recordKey is where the record of an account is stored.
func recordKey(account string) string { return "events:" + sum(account) }

// records are the records of all accounts.
type records struct{ store Store }

// load returns the record of an account; nil if there is none.
func (s records) load(ctx context.Context, account string) (*record, error) {
	raw, err := s.store.Load(ctx, recordKey(account))
	if raw == nil || err != nil {
		return nil, err
	}
	r := new(record)
	if json.Unmarshal(raw, r) != nil {
		return nil, nil //nolint:nilnil,nilerr // of another version of the gateway: as good as none
	}
	return r, nil
}

var errContended = errors.New("notify: a record changes too often")

// save puts r in place of what is known of an account. Only who holds the lease does; nil
// forgets it.
func (s records) save(ctx context.Context, account string, r *record) error {
	var value []byte
	if r != nil {
		r.Seen = time.Now()
		var err error
		if value, err = json.Marshal(r); err != nil {
			return err
		}
	}
	for range 3 {
		old, err := s.store.Load(ctx, recordKey(account))
		if err != nil {
			return err
		}
		if done, err := s.store.Swap(ctx, recordKey(account), old, value, recordLife); done || err != nil {
			return err
		}
	}
	return errContended
}

// newNonce returns what tells the webhook of one subscription from those of others. It is
// sealed, so that for one that was made up nobody has to look into the store.
func newNonce(secret rest.Secret, account string) string {
	text := account + "." + rand.Text()
	return text + "." + seal(secret, text)
}

// seal shows that a nonce was made here.
func seal(secret rest.Secret, text string) string { return derived(secret, "ringql nonce "+text)[:22] }

// accountOfNonce returns the account that a nonce is about; "" if it was not made here.
func accountOfNonce(secret rest.Secret, nonce string) string {
	end := strings.LastIndexByte(nonce, '.')
	if len(nonce) > 100 || end < 0 || !same(nonce[end+1:], seal(secret, nonce[:end])) {
		return ""
	}
	account, _, _ := strings.Cut(nonce, ".")
	return account
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// verificationToken is what RingCentral shows with what it tells at the address of a nonce.
func verificationToken(secret rest.Secret, nonce string) rest.Secret {
	return rest.Secret(derived(secret, "ringql webhook "+nonce))
}

// derived is a text that nobody can make without the secret.
func derived(secret rest.Secret, text string) string {
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// same compares what was shown with a secret, and takes as long for any of its length.
func same(shown, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(shown), []byte(secret)) == 1
}
