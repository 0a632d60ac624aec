package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// code is an authorization code: what a person has allowed an app, to be exchanged for tokens once and soon.
type code struct {
	grant
	text     string
	redirect string // where it was sent
	proof    proof
	issued   time.Time
	spent    bool
	session  *session // that it was exchanged for
}

// proof is what a code verifier is held against. The zero value is no PKCE.
// https://datatracker.ietf.org/doc/html/rfc7636
type proof struct{ challenge, method string }

// codes are those issued, oldest first too.
type codes struct {
	byText map[string]*code
	queue  []*code
}

const (
	codeLife = time.Minute
	codeKept = time.Hour // afterwards a code that comes again ends nobody's session
	maxCodes = 10_000
)

func newCodes() codes { return codes{byText: map[string]*code{}} }

// grantCode issues a code for what c says, and forgets those that are too old or too many.
func (m *sessions) grantCode(c *code, now time.Time) (text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.codes.queue) > 0 && (len(m.codes.queue) >= maxCodes || now.Sub(m.codes.queue[0].issued) > codeKept) {
		delete(m.codes.byText, m.codes.queue[0].text)
		m.codes.queue = m.codes.queue[1:]
	}
	c.text, c.issued = newToken(), now
	m.codes.byText[c.text] = c
	m.codes.queue = append(m.codes.queue, c)
	return c.text
}

// personOf says who a code is of, spent or not.
func (m *sessions) personOf(text string) (person int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.codes.byText[text]; c != nil {
		return c.person, true
	}
	return 0, false
}

// redeem spends a code, whatever comes of it. One that was spent before may have been stolen: what it brought is taken back.
func (m *sessions) redeem(text string, app *app, now time.Time) (*code, *problem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.codes.byText[text]
	switch {
	case c == nil:
		return nil, badCode()
	case c.app != app:
		return nil, &problem{ErrorCode: "OAU-110", Message: "Authorization code was not issued for this application"}
	case c.spent:
		if c.session != nil {
			m.forget(c.session)
		}
		return nil, badCode()
	}
	c.spent = true
	if now.Sub(c.issued) >= codeLife {
		return nil, &problem{ErrorCode: "OAU-108", Message: "Authorization code is expired"}
	}
	return c, nil
}

func badCode() *problem {
	return &problem{ErrorCode: "OAU-106", Message: "Invalid authorization code"}
}

// check holds a code against what comes with it. The redirect URI may be left out where there is only one.
func (c *code) check(redirect, verifier string, only bool) *problem {
	if redirect != c.redirect && (redirect != "" || !only) {
		return &problem{ErrorCode: "OAU-109", Message: "Redirect URIs do not match"}
	}
	if !c.proof.by(verifier) {
		return badCode() // no code of its own is published for this
	}
	return nil
}

// by reports whether verifier is what the challenge was made from. One that nobody asked for is refused too: whoever sends it
// asked for PKCE, and someone took that out of the request on its way.
func (p proof) by(verifier string) bool {
	if p.method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return hmac.Equal([]byte(p.challenge), []byte(verifier))
}

// openFrom starts the session that a code stands for.
func (m *sessions) openFrom(c *code, scopes []string, endpoint string, l life, now time.Time) tokenInfo {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.session = m.start(grant{c.person, c.app, scopes}, endpoint, l, now)
	return c.session.answer(now)
}
