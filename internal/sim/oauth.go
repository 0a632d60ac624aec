package sim

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

func (s *Server) oauthRoutes() []*route {
	return []*route{
		{operation: "getToken", pattern: "POST /restapi/oauth/token", group: "auth", open: true, do: s.getToken},
		{operation: "revokeToken", pattern: "POST /restapi/oauth/revoke", group: "auth", open: true, do: s.revokeToken},
	}
}

// JWT returns the assertion that signs a person in. Like those of the developer console it does not expire.
func JWT(extensionID string) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims, _ := json.Marshal(map[string]string{"iss": "ringql-simulator", "sub": extensionID}) // strings always encode
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte("ringql-simulator"))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// subject returns whom an assertion of ours signs in.
func subject(assertion string) (extensionID string, ok bool) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return "", false
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", false
	}
	var in struct {
		Sub string `json:"sub"`
	}
	if json.Unmarshal(claims, &in) != nil || !hmac.Equal([]byte(JWT(in.Sub)), []byte(assertion)) {
		return "", false
	}
	return in.Sub, true
}

// oauthError is the body of a refusal of the token endpoint: the standard's members, then the vendor's.
type oauthError struct {
	Error       string    `json:"error"`
	Description string    `json:"error_description"`
	Errors      []problem `json:"errors"`
}

func oauthRefused(status int, name string, p problem) reply {
	return reply{status: status, body: oauthError{Error: name, Description: p.Message, Errors: []problem{p}}}
}

func invalidGrant(code, message string) reply {
	return oauthRefused(http.StatusBadRequest, "invalid_grant", problem{ErrorCode: code, Message: message})
}

func (s *Server) getToken(c *call) reply {
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return oauthRefused(http.StatusUnsupportedMediaType, "invalid_request", problem{ErrorCode: "CMN-104", Message: "Cannot parse request"})
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil || c.large {
		return oauthRefused(http.StatusBadRequest, "invalid_request", problem{ErrorCode: "CMN-104", Message: "Cannot parse request"})
	}
	app, refusal := s.clientOf(c, form)
	if app == nil {
		return refusal
	}
	life, p := lifeFrom(form)
	if p != nil {
		return oauthRefused(http.StatusBadRequest, "invalid_request", *p)
	}
	switch grantType := form.Get("grant_type"); grantType {
	case "":
		return oauthRefused(http.StatusBadRequest, "invalid_request", *missing("grant_type"))
	case jwtBearer:
		return s.signIn(c, app, form, life)
	case "refresh_token":
		return s.renew(c, app, form.Get("refresh_token"), life)
	case "authorization_code", "password", "client_credentials", "partner_jwt":
		return oauthRefused(http.StatusBadRequest, "unauthorized_client", problem{ErrorCode: "OAU-251", Message: "Unauthorized for this grant type"})
	}
	return oauthRefused(http.StatusBadRequest, "invalid_request", problem{ErrorCode: "OAU-250", Message: "Unsupported grant type"})
}

// clientOf authenticates the app by HTTP Basic or by the body. Official clients send client_id in both places.
func (s *Server) clientOf(c *call, form url.Values) (*app, reply) {
	id, secret, basic := c.BasicAuth()
	if !basic {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	if id == "" {
		return nil, oauthRefused(http.StatusBadRequest, "invalid_client", problem{ErrorCode: "OAU-123", Message: "Client authentication is required"})
	}
	if app := s.sessions.apps[id]; app != nil && hmac.Equal([]byte(app.secret), []byte(secret)) {
		return app, reply{}
	}
	return nil, oauthRefused(http.StatusBadRequest, "invalid_client", problem{ErrorCode: "OAU-153", Message: "Invalid client: " + id})
}

// life is how long tokens are good for; refresh may be 0 or less for none.
type life struct{ access, refresh time.Duration }

const (
	minAccess, maxAccess = 600, 3600
	defaultRefresh       = 604_800
)

// lifeFrom reads the two ttl parameters. Odd values are clamped, not refused: an official client asks for -1 after a 401.
func lifeFrom(form url.Values) (life, *problem) {
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
	refresh = min(refresh, defaultRefresh)
	return life{time.Duration(access) * time.Second, time.Duration(max(refresh, 0)) * time.Second}, nil
}

func (s *Server) signIn(c *call, app *app, form url.Values, life life) reply {
	if form.Get("assertion") == "" {
		return oauthRefused(http.StatusBadRequest, "invalid_request", *missing("assertion"))
	}
	id, ok := subject(form.Get("assertion"))
	if !ok {
		return invalidGrant("OAU-213", "Token not found")
	}
	person := s.company.extension[parseID(id)]
	if person == nil {
		return invalidGrant("OAU-232", "Extension not found")
	}
	if p := s.spend(c, spender{person.id, app.id, c.route.group}, c.start); p != nil {
		return refused(*p)
	}
	if person.status != "Enabled" {
		return invalidGrant("OAU-236", "Extension is disabled or frozen")
	}
	if person.kind != "User" {
		return oauthRefused(http.StatusForbidden, "access_denied", problem{ErrorCode: "OAU-105", Message: "Login to extension of this type is not allowed"})
	}
	scopes := app.scopes
	if asked := strings.Fields(form.Get("scope")); len(asked) > 0 {
		scopes = slices.DeleteFunc(asked, func(scope string) bool { return !covers(app.scopes, scope) })
		if len(scopes) == 0 {
			return oauthRefused(http.StatusBadRequest, "invalid_scope", *invalid("scope"))
		}
	}
	endpoint := cmp.Or(form.Get("endpoint_id"), newToken())
	return found(s.sessions.open(person.id, app, scopes, endpoint, life, c.start))
}

func (s *Server) renew(c *call, app *app, refresh string, life life) reply {
	if refresh == "" {
		return oauthRefused(http.StatusBadRequest, "invalid_request", *missing("refresh_token"))
	}
	owner, ok := s.sessions.ownerOf(refresh)
	if !ok || owner.client != app.id {
		return invalidGrant("OAU-213", "Token not found")
	}
	if p := s.spend(c, spender{owner.person, app.id, c.route.group}, c.start); p != nil {
		return refused(*p)
	}
	if e := s.company.extension[owner.person]; e == nil || e.status != "Enabled" {
		return invalidGrant("OAU-236", "Extension is disabled or frozen")
	}
	answer, p := s.sessions.renew(refresh, life, c.start)
	if p != nil {
		return oauthRefused(http.StatusBadRequest, "invalid_grant", *p)
	}
	return found(answer)
}

// revokeToken ends the whole session of a token. An unknown token is no error: it is as gone as it can be.
func (s *Server) revokeToken(c *call) reply {
	form, _ := url.ParseQuery(string(c.body)) // the body is optional, and the query does as well
	token := cmp.Or(form.Get("token"), c.query.Get("token"))
	if token == "" {
		return oauthRefused(http.StatusBadRequest, "invalid_request", *missing("token"))
	}
	if owner, ok := s.sessions.ownerOf(token); ok {
		if p := s.spend(c, spender{owner.person, owner.client, c.route.group}, c.start); p != nil {
			return refused(*p)
		}
	}
	s.sessions.end(token)
	return reply{status: http.StatusOK}
}

// authenticate finds out who calls, from the header or the query.
func (s *Server) authenticate(r *http.Request, now time.Time) (grant, *problem) {
	token := r.URL.Query().Get("access_token")
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, rest, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return grant{}, unauthorized("OAU-151", "Authorization method not supported")
		}
		if token = strings.TrimSpace(rest); token == "" {
			return grant{}, unauthorized("OAU-149", "Unparsable access token")
		}
	}
	if token == "" { // nothing documents this case; no method at all is not a supported one either
		return grant{}, unauthorized("OAU-151", "Authorization method not supported")
	}
	return s.sessions.use(token, now)
}
