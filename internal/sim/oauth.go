package sim

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// grantTypes are all that the upstream knows, whether an app may use them or not.
var grantTypes = []string{"authorization_code", "refresh_token", jwtBearer, "password", "client_credentials", "partner_jwt"}

func (s *Server) oauthRoutes() []*route {
	return []*route{
		{operation: "authorize", pattern: "GET /restapi/oauth/authorize", group: "auth", open: true, do: s.authorize},
		{operation: "authorize2", pattern: "POST /restapi/oauth/authorize", group: "auth", open: true, do: s.authorize},
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

func badRequest(p problem) reply { return oauthRefused(http.StatusBadRequest, "invalid_request", p) }

// duplicated is the refusal of a parameter that comes twice.
func duplicated() problem {
	return problem{ErrorCode: "OAU-111", Message: "Request parameter duplication detected"}
}

func notForThisGrant() reply {
	return oauthRefused(http.StatusBadRequest, "unauthorized_client", problem{ErrorCode: "OAU-251", Message: "Unauthorized for this grant type"})
}

// hasTwice reports whether any parameter comes more than once, which none may: RFC 6749, section 3.2.
func hasTwice(form url.Values) bool {
	for _, values := range form {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

func (s *Server) getToken(c *call) reply {
	if !c.isForm() {
		return oauthRefused(http.StatusUnsupportedMediaType, "invalid_request", problem{ErrorCode: "CMN-104", Message: "Cannot parse request"})
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil || c.large {
		return badRequest(problem{ErrorCode: "CMN-104", Message: "Cannot parse request"})
	}
	if hasTwice(form) {
		return badRequest(duplicated())
	}
	s.sessions.count(form.Get("grant_type"))
	app, refusal := s.clientOf(c, form)
	if app == nil {
		return refusal
	}
	life, p := s.lifeFrom(form)
	if p != nil {
		return badRequest(*p)
	}
	switch grantType := form.Get("grant_type"); {
	case grantType == "":
		return badRequest(*missing("grant_type"))
	case grantType == jwtBearer && app.secret != "":
		return s.signIn(c, app, form, life)
	case grantType == "refresh_token" && !s.cfg.NoRefreshTokens:
		return s.renew(c, app, form, life)
	case grantType == "authorization_code":
		return s.exchange(c, app, form, life)
	case slices.Contains(grantTypes, grantType):
		return notForThisGrant()
	}
	return badRequest(problem{ErrorCode: "OAU-250", Message: "Unsupported grant type"})
}

// isForm reports whether the body says that it is a form.
func (c *call) isForm() bool {
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	return err == nil && media == "application/x-www-form-urlencoded"
}

// clientOf authenticates the app by HTTP Basic or by the body. Official clients send client_id in both places. A public app,
// which has no secret, only says which it is.
func (s *Server) clientOf(c *call, form url.Values) (*app, reply) {
	id, secret, basic := c.BasicAuth()
	if !basic {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	app := s.sessions.apps[id]
	switch {
	case id == "", app != nil && app.secret != "" && secret == "":
		return nil, oauthRefused(http.StatusBadRequest, "invalid_client", problem{ErrorCode: "OAU-123", Message: "Client authentication is required"})
	case app == nil, !hmac.Equal([]byte(app.secret), []byte(secret)):
		return nil, oauthRefused(http.StatusBadRequest, "invalid_client", problem{ErrorCode: "OAU-153", Message: "Invalid client: " + id})
	}
	return app, reply{}
}

// revokeToken ends the whole session of a token. An unknown token is no error: it is as gone as it can be.
func (s *Server) revokeToken(c *call) reply {
	form, err := url.ParseQuery(string(c.body)) // the body is optional, and the query does as well
	if err != nil || c.large {
		return badRequest(problem{ErrorCode: "CMN-104", Message: "Cannot parse request"})
	}
	for _, name := range []string{"token", "client_id"} {
		inBody, inQuery := form.Get(name), c.query.Get(name)
		if inBody != "" && inQuery != "" && inBody != inQuery {
			return badRequest(problem{ErrorCode: "OAU-150",
				Message: fmt.Sprintf("The value of query parameter [%[1]s] should be equal to parameter [%[1]s] in request body", name)})
		}
		form.Set(name, cmp.Or(inBody, inQuery))
	}
	app, refusal := s.clientOf(c, form)
	if app == nil {
		return refusal
	}
	token := form.Get("token")
	if token == "" {
		return badRequest(*missing("token"))
	}
	if owner, ok := s.sessions.ownerOf(token); ok {
		if p := s.spend(c, spender{owner.person, app.id, c.route.group}, c.start); p != nil {
			return refused(*p)
		}
		if owner.client != app.id { // RFC 7009, section 2.1: refused, and said so
			return invalidGrant("OAU-213", "Token not found")
		}
	}
	s.sessions.end(token)
	return reply{status: http.StatusOK}
}

// authenticate finds out who calls, from the header or the query, or from the connection that the call came over.
func (s *Server) authenticate(r *http.Request, now time.Time) (grant, *problem) {
	if holder := holderOf(r.Context()); holder != nil {
		return s.sessions.continues(holder)
	}
	token, p := bearer(r)
	if p != nil {
		return grant{}, p
	}
	return s.sessions.use(token, now)
}

func bearer(r *http.Request) (token string, p *problem) {
	token = r.URL.Query().Get("access_token")
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, rest, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", unauthorized("OAU-151", "Authorization method not supported")
		}
		if token = strings.TrimSpace(rest); token == "" {
			return "", unauthorized("OAU-149", "Unparsable access token")
		}
	}
	if token == "" { // nothing documents this case; no method at all is not a supported one either
		return "", unauthorized("OAU-151", "Authorization method not supported")
	}
	return token, nil
}
