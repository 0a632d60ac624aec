package sim

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one request on its way through the server, with what the checks found out about it.
type call struct {
	*http.Request
	route *route
	start time.Time
	base  string // scheme and host of `uri` values
	query url.Values
	body  []byte
	large bool // the body was over the limit, and cut

	charge    charge
	grant     grant
	person    *extension // who calls
	extension *extension // which the path names, if it names one
	id        string     // the one of many ids that this run is for
	among     bool       // this run is one of many
}

// reply is what a handler returns; handle turns it into HTTP.
type reply struct {
	status   int
	body     any // encoded after the lock is released, so it shares nothing that may change
	problems []problem
	parts    []part
	boundary string // between parts in multipart/mixed; empty means the vendor's JSON
	page     []byte // HTML, in place of a body
	header   http.Header
	cut      bool // the connection breaks instead

	after func() reply // gives the reply in place of this one, when the server is not locked any more
}

func found(body any) reply    { return reply{status: http.StatusOK, body: body} }
func accepted(body any) reply { return reply{status: http.StatusAccepted, body: body} }
func done() reply             { return reply{status: http.StatusNoContent} }

func refused(p problem) reply { return reply{status: p.status, problems: []problem{p}} }

const maxBody = 1 << 20

// handle is the way of every call: noted, delayed, admitted, run, answered. Handlers know nothing of it.
func (s *Server) handle(w http.ResponseWriter, r *http.Request, rt *route) {
	fault := s.journal.meet(rt, r)
	c := &call{Request: r, route: rt, start: time.Now(), base: s.base(r), query: r.URL.Query()}
	if err := c.read(); err != nil || !wait(r.Context(), s.cfg.Latency+fault.Delay) || fault.Drop {
		panic(http.ErrAbortHandler)
	}
	rep := s.answer(c, fault.Status != 0)
	if fault.DropAfter || rep.cut {
		panic(http.ErrAbortHandler)
	}
	s.write(w, c, rep, fault)
}

func (s *Server) base(r *http.Request) string {
	switch {
	case s.cfg.BaseURL != "":
		return s.cfg.BaseURL
	case r.URL.Scheme != "":
		return r.URL.Scheme + "://" + r.Host
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// answer admits the call and runs it. The order is the documented one as far as any is: who are you, are you within your
// budget, may your app, may you, does it exist, is it valid.
func (s *Server) answer(c *call, failing bool) reply {
	now := time.Now()
	if !c.route.open {
		var p *problem
		if c.grant, p = s.authenticate(c.Request, now); p != nil {
			return refused(*p)
		}
		if p := s.spend(c, spender{c.grant.person, c.grant.app.id, c.route.group}, now); p != nil {
			return refused(*p)
		}
	}
	if failing {
		return reply{}
	}
	s.settle(now)
	rep := s.runLocked(c)
	if rep.after != nil {
		rep = rep.after()
	}
	return rep
}

// runLocked runs the call while nothing else changes the company.
func (s *Server) runLocked(c *call) reply {
	if c.Method == http.MethodGet {
		s.mu.RLock()
		defer s.mu.RUnlock()
	} else {
		s.mu.Lock()
		defer s.unlock()
	}
	if c.route.open {
		return c.route.do(c)
	}
	if p := s.admit(c); p != nil {
		return refused(*p)
	}
	return s.runMany(c)
}

// admit checks what holds for the call as a whole. What holds for one id is checked in run.
func (s *Server) admit(c *call) *problem {
	c.person = s.company.extension[c.grant.person]
	if c.grant.person == 0 {
		return unauthorized("CMN-405", "Login to extension required")
	}
	if c.person == nil || c.person.status != "Enabled" {
		return unauthorized("OAU-213", "Token not found")
	}
	if scope := c.scope(); !c.grant.covers(scope) {
		return c.appNeeds(scope)
	}
	if c.route.admin && !c.person.isAdmin() {
		return &problem{status: http.StatusForbidden, ErrorCode: "CMN-402", Message: "Administrator permission required"}
	}
	if c.person.may(c.route.permission) == nobody {
		return userNeeds(c.route.permission)
	}
	if id := c.PathValue("accountId"); id != "" && id != "~" && id != AccountID && !s.createdFor(c, id) {
		return notFound("accountId")
	}
	return nil
}

// scope is what the app needs. What comes over a WebSocket about subscriptions needs that of WebSockets.
func (c *call) scope() string {
	if c.route.scope == "SubscriptionWebhook" && sinkOf(c.Context()) != nil {
		return webSocketScope
	}
	return c.route.scope
}

// run resolves the extension in the path and calls the handler, once per id of a many-ids request.
func (s *Server) run(c *call) reply {
	if strings.Contains(c.route.pattern, "{extensionId}") { // not by its value: one of many ids may be empty
		c.extension = s.findExtension(c, c.pathValue("extensionId"))
		if c.person.may(c.route.permission) == self && c.extension != c.person {
			if c.route.extended {
				return refused(*userNeedsForOthers(c.route.permission))
			}
			return refused(*userNeeds(c.route.permission))
		}
		if c.extension == nil {
			return refused(*notFound("extensionId"))
		}
	}
	return c.route.do(c)
}

func (s *Server) findExtension(c *call, id string) *extension {
	if id == "~" {
		return c.person
	}
	return s.company.extension[parseID(id)]
}

// pathValue returns a parameter of the path: of several ids, the one this run is for.
func (c *call) pathValue(name string) string {
	if name == c.route.many {
		return c.id
	}
	return c.PathValue(name)
}

func (c *call) read() error {
	body, err := io.ReadAll(io.LimitReader(c.Body, maxBody+1))
	if c.large = len(body) > maxBody; c.large {
		body = nil
	}
	c.body = body
	return err
}

// decode reads the body into v. Fields that v does not have are tolerated.
func (c *call) decode(v any) *problem {
	if c.large {
		return &problem{status: http.StatusRequestEntityTooLarge, ErrorCode: "CMN-104", Message: "Cannot parse request"}
	}
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return &problem{status: http.StatusUnsupportedMediaType, ErrorCode: "CMN-104", Message: "Cannot parse request"}
	}
	err := json.Unmarshal(c.body, v)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) && wrong.Field != "" {
		return invalid(wrong.Field)
	}
	if err != nil {
		return &problem{status: http.StatusBadRequest, ErrorCode: "CMN-103", Message: "JSON can't be parsed"}
	}
	return nil
}

// write answers the call, as the fault has it.
func (s *Server) write(w http.ResponseWriter, c *call, rep reply, fault Fault) {
	h := w.Header()
	h.Set("RCRequestId", newUUID())
	h.Set("Content-Language", "en-US")
	c.charge.writeTo(h)
	if rep.status == http.StatusUnauthorized && !c.route.open {
		h.Set("WWW-Authenticate", `Bearer realm="RingCentral REST API"`)
	}
	contentType, body := c.encode(rep)
	if fault.Mangle != nil {
		body = fault.Mangle(body)
	}
	if fault.Status != 0 {
		rep.status, contentType, body = fault.Status, "application/json;charset=UTF-8", []byte(fault.Body)
	}
	if c.route.tagged && rep.status == http.StatusOK {
		tag := fmt.Sprintf(`"%d"`, crc32.ChecksumIEEE(body))
		if h.Set("ETag", tag); c.Header.Get("If-None-Match") == tag {
			rep.status, body = http.StatusNotModified, nil
		}
	}
	if len(body) > 0 {
		h.Set("Content-Type", contentType)
	}
	maps.Copy(h, rep.header)
	for name, values := range fault.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	if rep.status != http.StatusNoContent && rep.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(rep.status)
	_, _ = w.Write(body) // a client that has left is no concern of ours
	s.cfg.Log.DebugContext(c.Context(), "call", slog.String("operation", c.route.operation), slog.String("method", c.Method),
		slog.String("path", c.URL.Path), slog.Int("status", rep.status), slog.String("group", c.route.group),
		slog.Int64("extension", c.grant.person), slog.Duration("took", time.Since(c.start)), slog.String("request", h.Get("RCRequestId")))
}

// encode returns the body of a reply and its media type.
func (c *call) encode(rep reply) (contentType string, body []byte) {
	var out bytes.Buffer
	switch {
	case rep.parts != nil:
		return c.encodeParts(rep)
	case rep.page != nil:
		return "text/html;charset=UTF-8", rep.page
	case rep.problems != nil:
		writeJSON(&out, newEnvelope(c.route.era, rep.problems))
	case rep.body != nil:
		writeJSON(&out, rep.body)
	}
	return "application/json;charset=UTF-8", out.Bytes()
}

// writeJSON leaves & and < alone, as the upstream does: its uri values are full of them.
func writeJSON(w io.Writer, v any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("sim: encoding %T: %v", v, err)) // our own structs always encode
	}
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// uri returns the canonical address of what the call asked for, without a query: real ids where the request said ~.
func (c *call) uri() string {
	segments := strings.Split(cmp.Or(c.route.canonical, c.route.path()), "/")
	for i, segment := range segments {
		if len(segment) < 2 || segment[0] != '{' {
			continue
		}
		switch name := segment[1 : len(segment)-1]; {
		case name == "accountId":
			segments[i] = AccountID
		case name == "extensionId" && c.extension != nil:
			segments[i] = formatID(c.extension.id)
		default:
			segments[i] = url.PathEscape(c.pathValue(name))
		}
	}
	return c.base + strings.Join(segments, "/")
}

func (c *call) accountURI() string { return c.base + "/restapi/v1.0/account/" + AccountID }

func (c *call) extensionURI(id int64) string { return c.accountURI() + "/extension/" + formatID(id) }

func (c *call) countryURI(id string) string { return c.base + "/restapi/v1.0/dictionary/country/" + id }
