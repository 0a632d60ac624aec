package sim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

var (
	input     = regexp.MustCompile(`<input [^>]*>`)
	attribute = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
	style     = regexp.MustCompile(`(?s)<style>(.*)</style>`)
)

// form reads the fields of the page that go along without a click.
func (a answer) form() url.Values {
	a.t.Helper()
	a.want(http.StatusOK)
	out := url.Values{}
	for _, in := range input.FindAllString(string(a.body), -1) {
		is := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(in, -1) {
			is[m[1]] = html.UnescapeString(m[2])
		}
		if is["type"] == "hidden" || is["type"] == "text" || strings.HasSuffix(in, " checked>") {
			out.Add(is["name"], is["value"])
		}
	}
	return out
}

func TestPagesAreStrict(t *testing.T) {
	s := newServer(t, sim.Config{RedirectURIs: []string{callback, "http://[::1]:9/x", "com.example.app:/x"}})
	c := browser(t, s)
	consent := visit("person", sim.StandardUserID)
	for name, tt := range map[string]struct {
		page    answer
		targets string
	}{
		"sign in":    {c.open(visit()), "'self' http://127.0.0.1:8080;"},
		"consent":    {c.submit(consent), "'self' http://127.0.0.1:8080;"},
		"error":      {c.open(visit("client_id", "x")), "'none';"},
		"IPv6":       {c.open(visit("redirect_uri", "http://[::1]:9/x")), "'self' http:;"},
		"own scheme": {c.open(visit("redirect_uri", "com.example.app:/x")), "'self' com.example.app:;"},
	} {
		h, body := tt.page.header, string(tt.page.body)
		policy := h.Get("Content-Security-Policy")
		sum := sha256.Sum256([]byte(style.FindStringSubmatch(body)[1]))
		for _, want := range []string{"default-src 'none'", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
			"form-action " + tt.targets, "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %s lacks %s", name, policy, want)
			}
		}
		if h.Get("Content-Type") != "text/html;charset=UTF-8" || h.Get("Cache-Control") != "no-store" || h.Get("X-Frame-Options") != "DENY" ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", name, h)
		}
		if strings.Contains(body, "<script") || strings.Contains(body, " style=") || strings.Contains(body, "ZgotmplZ") || !strings.Contains(body, `<html lang="en">`) {
			t.Errorf("%s:\n%s", name, body)
		}
		for line := range strings.Lines(body) {
			if strings.Contains(line, "<input") && !strings.Contains(line, `type="hidden"`) && !strings.Contains(line, "<label") && !strings.Contains(line, "aria-label") {
				t.Errorf("%s: no label: %s", name, line)
			}
		}
	}
}

func TestTextOnPagesIsEscaped(t *testing.T) {
	c := browser(t, newServer(t, unlimited()))
	const evil = `"><script>alert(1)</script>`
	for _, page := range []answer{
		c.open(visit("state", evil, "login_hint", evil)),
		c.submit(visit("person", sim.StandardUserID, "state", evil)),
		c.submit(visit("person", "other", "other", evil)),
	} {
		if strings.Contains(string(page.body), "<script") {
			t.Errorf("%s", page.body)
		}
	}
}

func TestWhoSignsIn(t *testing.T) {
	s := newServer(t, unlimited())
	c := browser(t, s)
	for _, tt := range []struct{ person, other, want, wrong string }{
		{sim.NumberManagerID, "", sim.NumberManagerID, ""},
		{"other", "103", "512084008", ""},
		{"other", " 512084008 ", "512084008", ""},
		{"other", "Maria.Lopez@mycompany.com", "512084008", ""},
		{"102", "", sim.StandardUserID, ""},
		{"other", "", "", "Extension not found"},
		{"", "", "", "Extension not found"},
		{"other", "104", "", "disabled or frozen"},
		{"512090008", "", "", "of this type"},
	} {
		form := visit("person", tt.person, "other", tt.other)
		page := c.submit(form)
		if tt.wrong != "" {
			if page.want(http.StatusBadRequest); !strings.Contains(string(page.body), tt.wrong) || !strings.Contains(string(page.body), "Who signs in") {
				t.Errorf("%+v:\n%s", tt, page.body)
			}
		} else if got := page.form().Get("person"); got != tt.want {
			t.Errorf("%+v: signed in %s", tt, got)
		}
	}
	if form := c.open(visit("login_hint", "jane.smith@mycompany.com")).form(); form.Get("person") != sim.StandardUserID {
		t.Errorf("hint: %v", form)
	}
	if form := c.open(visit("login_hint", "103")).form(); form.Get("person") != "other" || form.Get("other") != "103" {
		t.Errorf("hint at another: %v", form)
	}
}

func TestRoleMadeOnThePage(t *testing.T) {
	s := newServer(t, unlimited())
	c := browser(t, s)
	form := c.open(visit()).form()
	if !slices.Contains(form["all"], "EditCompanyPhoneNumbers") || !slices.Contains(form["own"], "EditUserInfo") || slices.Contains(form["own"], "ReadCompanyInfo") {
		t.Errorf("ticked at first: %v", form)
	}
	form.Set("person", sim.StandardUserID)
	c.submit(form).want(http.StatusOK)
	jane := as(t, s, sim.StandardUserID)
	before := held(jane.get(profile))

	form.Set("role", "custom")
	form["own"], form["all"] = []string{"ReadUserInfo"}, []string{"ReadCompanyPhoneNumbers", "ReadExtensions"}
	if page := c.submit(form).want(http.StatusOK); !strings.Contains(string(page.body), "role Custom") {
		t.Errorf("%s", page.body)
	}
	after := held(jane.get(profile))
	if len(before) < 10 || len(after) != 3 {
		t.Errorf("before %v, after %v", before, after)
	}
	jane.get(v1 + "/phone-number").want(200)
	jane.get(v1).wantError(403, "CMN-408", "")

	form.Set("person", sim.AdministratorID)
	c.submit(form).want(http.StatusBadRequest)
	form.Set("person", sim.StandardUserID)
	form["own"] = []string{"ReadCompanyInfo"}
	c.submit(form).want(http.StatusBadRequest)
	equal(t, "after a role that cannot be", held(jane.get(profile)), after)
}
