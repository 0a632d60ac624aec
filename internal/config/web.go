package config

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Web says who may ask over the web, and how much.
type Web struct {
	Hosts       []string `env:"RINGQL_HOSTS" placeholder:"NAME" help:"Host names that are answered. By default: any, but only localhost when listening on loopback."`
	Origins     []string `env:"RINGQL_ORIGINS" placeholder:"ORIGIN" help:"Origins whose pages may ask from browsers, beside the gateway's own: https://app.example.com."`
	Rate        int      `name:"max-rate" env:"RINGQL_MAX_RATE" default:"1000" help:"Requests of one client in a second, 0 for any (${default}); twice as many at once."`
	Trusted     []byte   `name:"trusted-documents" type:"filecontent" env:"RINGQL_TRUSTED_DOCUMENTS" placeholder:"FILE" help:"Manifest of the documents that are carried out and no others: Apollo's, or a JSON object of documents by id. By default: any are."`
	TrustedMode string   `name:"trusted-mode" env:"RINGQL_TRUSTED_MODE" enum:"enforce,log" default:"enforce" help:"What is done about documents that are not in the manifest: enforce or log (${default})."`
}

// Session says how people sign in with a browser.
type Session struct {
	URL    string        `name:"url" env:"RINGQL_SESSION_URL" placeholder:"URL" help:"Where browsers reach the gateway: https://ringql.example.com. With /auth/callback behind it, it is to be a redirect URI of the app. By default on loopback: whatever the browser calls it; else nobody can sign in."`
	Key    string        `env:"RINGQL_SESSION_KEY" placeholder:"KEY" help:"What sessions are encrypted with, 32 bytes in base64: openssl rand -base64 32. By default a random one, so that sessions end with the process. Better given in the environment."`
	OldKey string        `env:"RINGQL_SESSION_OLD_KEY" placeholder:"KEY" help:"The key before, which still opens what it encrypted."`
	File   string        `env:"RINGQL_SESSION_FILE" placeholder:"FILE" help:"File that sessions are kept in; with RINGQL_REDIS_URL and a key they are in Redis; else in memory."`
	Scopes []string      `env:"RINGQL_SESSION_SCOPES" placeholder:"SCOPE" help:"Scopes that people are asked for. By default all that the app has."`
	Idle   time.Duration `env:"RINGQL_SESSION_IDLE" default:"1h" help:"How long a session may lie unused (${default})."`
	Life   time.Duration `env:"RINGQL_SESSION_LIFE" default:"12h" help:"How long a session may last (${default})."`
}

// origin is scheme://host[:port], written out: a pattern would let anybody's page in.
var origin = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]+)?$`)

func (w Web) validate() error {
	for _, o := range w.Origins {
		if !origin.MatchString(o) {
			return fmt.Errorf("RINGQL_ORIGINS must be origins like https://app.example.com, not %q", o)
		}
	}
	if w.Rate < 0 {
		return errors.New("RINGQL_MAX_RATE must not be negative")
	}
	if w.Trusted != nil && !json.Valid(w.Trusted) {
		return errors.New("RINGQL_TRUSTED_DOCUMENTS is no JSON")
	}
	return hosts("RINGQL_HOSTS", w.Hosts)
}

func (s Session) validate(redis string) error {
	if s.URL != "" && (!origin.MatchString(s.URL) || strings.HasPrefix(s.URL, "http:")) {
		return errors.New("RINGQL_SESSION_URL must be like https://ringql.example.com: without HTTPS people sign in on loopback alone, where it is left empty")
	}
	for name, key := range map[string]string{"RINGQL_SESSION_KEY": s.Key, "RINGQL_SESSION_OLD_KEY": s.OldKey} {
		if b, err := base64.StdEncoding.DecodeString(key); key != "" && (err != nil || len(b) != 32) {
			return fmt.Errorf("%s must be 32 bytes in base64: openssl rand -base64 32", name) // it is a secret
		}
	}
	if s.Key == "" && (s.File != "" || s.URL != "" && redis != "") {
		return errors.New("RINGQL_SESSION_KEY is missing: sessions that outlive the process are encrypted with it")
	}
	return errors.Join(positive("RINGQL_SESSION_IDLE", int64(s.Idle)), positive("RINGQL_SESSION_LIFE", int64(s.Life)))
}

// SharedSessions is the Redis that sessions are kept in; "" for none.
func (s *Serve) SharedSessions() string {
	if s.Session.Key == "" || s.Session.File != "" {
		return ""
	}
	return s.Budget.RedisURL
}

// SignsIn says whether people can sign in with a browser.
func (s *Serve) SignsIn() bool {
	return s.Upstream.ClientID != "" && (s.Session.URL != "" || Loopback(s.Addr))
}

// hostName is a name, or an address, as it stands in a Host header without a port.
var hostName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$|^[0-9A-Fa-f:]+$`)

func hosts(name string, hosts []string) error {
	for _, h := range hosts {
		if !hostName.MatchString(h) {
			return fmt.Errorf("%s must be host names without scheme and port, not %q", name, h)
		}
	}
	return nil
}

// namedKey is a name and a key that is long enough, or the hash of one.
var (
	namedKey  = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}=.{32,}$`)
	hashedKey = regexp.MustCompile(`=sha256:[0-9A-Fa-f]{64}$`)
)

func keys(name string, keys []string) error {
	for i, k := range keys {
		if !namedKey.MatchString(k) || strings.Contains(k, "=sha256:") && !hashedKey.MatchString(k) {
			return fmt.Errorf("%s must be name=key, the key of 32 characters or more (openssl rand -hex 32), or name=sha256: and 64 hexadecimal digits: number %d is not", name, i+1) // it is a secret
		}
	}
	return nil
}
