package sim

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// life is how long tokens are good for; refresh may be 0 for none.
type life struct{ access, refresh time.Duration }

const (
	minAccess, maxAccess = 600, 3600
	defaultRefresh       = 604_800
)

// lifeFrom reads the two ttl parameters. Odd values are clamped, not refused: an official client asks for -1 after a 401.
func (s *Server) lifeFrom(form url.Values) (life, *problem) {
	access, refresh := maxAccess, defaultRefresh
	for _, ttl := range []struct {
		name string
		out  *int
	}{{"access_token_ttl", &access}, {"refresh_token_ttl", &refresh}} {
		text := form.Get(ttl.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return life{}, invalid(ttl.name)
		}
		*ttl.out = n
	}
	access = min(max(access, minAccess), maxAccess)
	refresh = min(max(refresh, 0), defaultRefresh)
	if s.cfg.NoRefreshTokens {
		refresh = 0
	}
	return life{time.Duration(access) * time.Second, time.Duration(refresh) * time.Second}, nil
}

// narrow returns those of the allowed scopes that are asked for: all when none is named. What an app may not have is left out, and
// only when nothing is left is that an error.
func narrow(allowed []string, asked string) (scopes []string, ok bool) {
	if strings.TrimSpace(asked) == "" {
		return allowed, true
	}
	for scope := range strings.FieldsSeq(asked) {
		if covers(allowed, scope) && !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes, len(scopes) > 0
}

func invalidScope() reply {
	return oauthRefused(http.StatusBadRequest, "invalid_scope", *invalid("scope"))
}

// tokens answers with tokens, which nobody on the way may keep.
func tokens(info tokenInfo) reply {
	rep := found(info)
	rep.header = http.Header{"Cache-Control": {"no-store"}, "Pragma": {"no-cache"}}
	return rep
}

// barred says why an extension may not sign in: the word of the standard, and the vendor's problem, nil if it may.
func barred(e *extension) (word string, p *problem) {
	switch {
	case e == nil:
		return "invalid_grant", &problem{status: http.StatusBadRequest, ErrorCode: "OAU-232", Message: "Extension not found"}
	case e.status != "Enabled":
		return "invalid_grant", &problem{status: http.StatusBadRequest, ErrorCode: "OAU-236", Message: "Extension is disabled or frozen"}
	case e.kind != "User":
		return "access_denied", &problem{status: http.StatusForbidden, ErrorCode: "OAU-105", Message: "Login to extension of this type is not allowed"}
	}
	return "", nil
}

// admits charges a token call to a person, then lets in who may sign in.
func (s *Server) admits(c *call, app *app, person int64) (refusal reply, ok bool) {
	if p := s.spend(c, spender{person, app.id, c.route.group}, c.start); p != nil {
		return refused(*p), false
	}
	if word, p := barred(s.company.extension[person]); p != nil {
		return oauthRefused(p.status, word, *p), false
	}
	return reply{}, true
}

// signIn serves the grant of RFC 7523.
func (s *Server) signIn(c *call, app *app, form url.Values, life life) reply {
	if form.Get("assertion") == "" {
		return badRequest(*missing("assertion"))
	}
	id, ok := subject(form.Get("assertion"))
	if !ok {
		return invalidGrant("OAU-213", "Token not found")
	}
	person := s.company.extension[parseID(id)]
	if word, p := barred(person); person == nil {
		return oauthRefused(p.status, word, *p) // nobody's budget
	}
	if refusal, ok := s.admits(c, app, person.id); !ok {
		return refusal
	}
	scopes, ok := narrow(app.scopes, form.Get("scope"))
	if !ok {
		return invalidScope()
	}
	endpoint := cmp.Or(form.Get("endpoint_id"), newToken())
	return tokens(s.sessions.open(grant{person.id, app, scopes}, endpoint, life, c.start))
}

// exchange serves the authorization code grant.
func (s *Server) exchange(c *call, app *app, form url.Values, life life) reply {
	text := form.Get("code")
	if text == "" {
		return badRequest(*missing("code"))
	}
	person, ok := s.sessions.personOf(text)
	if !ok {
		return invalidGrant("OAU-106", "Invalid authorization code")
	}
	if refusal, ok := s.admits(c, app, person); !ok {
		return refusal
	}
	code, p := s.sessions.redeem(text, app, c.start)
	if p == nil {
		p = code.check(form.Get("redirect_uri"), form.Get("code_verifier"), len(s.cfg.RedirectURIs) == 1)
	}
	if p != nil {
		return oauthRefused(http.StatusBadRequest, "invalid_grant", *p)
	}
	scopes, ok := narrow(code.scopes, form.Get("scope"))
	if !ok {
		return invalidScope()
	}
	endpoint := cmp.Or(form.Get("endpoint_id"), newToken())
	return tokens(s.sessions.openFrom(code, scopes, endpoint, life, c.start))
}

func (s *Server) renew(c *call, app *app, form url.Values, life life) reply {
	refresh := form.Get("refresh_token")
	if refresh == "" {
		return badRequest(*missing("refresh_token"))
	}
	owner, ok := s.sessions.ownerOf(refresh)
	if !ok || owner.client != app.id {
		return invalidGrant("OAU-213", "Token not found")
	}
	if refusal, ok := s.admits(c, app, owner.person); !ok {
		return refusal
	}
	answer, p := s.sessions.renew(refresh, form.Get("scope"), life, c.start)
	if p != nil && p.ParameterName == "scope" {
		return invalidScope()
	}
	if p != nil {
		return oauthRefused(http.StatusBadRequest, "invalid_grant", *p)
	}
	rep := tokens(answer)
	rep.cut = s.sessions.kills()
	return rep
}
