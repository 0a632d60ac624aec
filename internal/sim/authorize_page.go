package sim

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed authorize.html
var pageText string

//go:embed authorize.css
var pageStyle string

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(pageStyle) }, //nolint:gosec // it is a file of ours
}).Parse(pageText))

// showPage answers with a page that runs nothing and is shown in no frame. Its form may lead to target as well: browsers hold the
// redirect that follows a form against the policy too.
func showPage(status int, name string, data any, target *url.URL) reply {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, data); err != nil {
		panic(fmt.Sprintf("sim: page %s: %v", name, err)) // our own data always fit
	}
	sum := sha256.Sum256([]byte(pageStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action " + formTargets(target) + "; base-uri 'none'; frame-ancestors 'none'"
	return reply{status: status, page: out.Bytes(), header: http.Header{
		"Content-Security-Policy": {policy},
		"X-Frame-Options":         {"DENY"},
		"X-Content-Type-Options":  {"nosniff"},
		"Referrer-Policy":         {"no-referrer"},
		"Cache-Control":           {"no-store"},
	}}
}

func formTargets(target *url.URL) string {
	switch {
	case target == nil:
		return "'none'"
	case target.Host == "", strings.Contains(target.Host, "["): // a policy cannot name the addresses of IPv6
		return "'self' " + target.Scheme + ":"
	}
	return "'self' " + target.Scheme + "://" + target.Host
}

func errorPage(wrong string) reply {
	return showPage(http.StatusBadRequest, "error", wrong, nil)
}

// field is a hidden one of a form.
type field struct{ Name, Value string }

// carried are the parameters of the client, which the form of a page brings back.
func (a *authorization) carried() (fields []field) {
	for name, values := range a.params {
		switch name {
		case "person", "other", "role", "own", "all", "consent":
		default:
			fields = append(fields, field{name, values[0]})
		}
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

type candidate struct {
	ID, Name, Number, Is string
	Chosen               bool
}

type tick struct {
	Name              string
	OfAccount         bool
	HasOwn, HasForAll bool
}

// signInPage asks who signs in. A hint is what the client believes their name to be.
func (s *Server) signInPage(a *authorization, hint, wrong string) reply {
	data := struct {
		Wrong, App, Hint string
		Fields           []field
		People           []candidate
		Other            bool
		Permissions      []tick
	}{Wrong: wrong, App: a.app.id, Hint: hint, Fields: a.carried()}
	hinted := s.company.named(hint)
	data.Other = hint != ""
	for _, id := range []string{AdministratorID, StandardUserID, NumberManagerID} {
		e := s.company.extension[parseID(id)]
		if _, p := barred(e); p != nil {
			continue
		}
		if e == hinted {
			data.Other, data.Hint = false, ""
		}
		data.People = append(data.People, candidate{id, e.name, e.number, e.described(), e == hinted})
	}
	if len(data.People) > 0 && hint == "" {
		data.People[0].Chosen = true
	}
	for _, p := range userPermissions {
		r := numberManager.grants[p.id]
		data.Permissions = append(data.Permissions, tick{p.id, p.ofAccount, r == self, r == account})
	}
	status := http.StatusOK
	if wrong != "" {
		status = http.StatusBadRequest
	}
	return showPage(status, "sign-in", data, a.redirect)
}

// described says what a person may do, in a word.
func (e *extension) described() string {
	switch {
	case e.isAdmin():
		return "administrator"
	case e.role == nil:
		return "standard user"
	}
	return "role " + e.role.name
}

// scopeMeans tells people what they allow.
var scopeMeans = map[string]string{
	"ReadAccounts":           "See the company, its people, numbers and devices",
	"EditExtensions":         "Change extensions",
	"EditAccounts":           "Change the company, its people, numbers and devices",
	"Accounts":               "Create and manage accounts",
	"NumberLookup":           "Look for phone numbers to buy, and reserve them",
	"RoleManagement":         "Manage roles and permissions",
	"SubscriptionWebhook":    "Be told of events by webhook",
	"WebSocketsSubscription": "Be told of events over a WebSocket",
}

// consentPage asks whether the app may.
func consentPage(a *authorization, who *extension) reply {
	type scope struct{ Name, Means string }
	data := struct {
		App, Person, Name, Is string
		Fields                []field
		Scopes                []scope
	}{App: a.app.id, Person: formatID(who.id), Name: who.name, Is: who.described(), Fields: a.carried()}
	for _, name := range a.scopes {
		data.Scopes = append(data.Scopes, scope{name, scopeMeans[name]})
	}
	return showPage(http.StatusOK, "consent", data, a.redirect)
}
