package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// part is the outcome for one of many ids.
type part struct {
	id, href string
	reply    reply
}

const (
	multipartJSON = "application/vnd.ringcentral.multipart+json"
	multipartBare = "multipart/mixed"
)

// runMany runs a call once for each id in its path. Many ids answer 207 always, each part with a status of its own, but for a
// removal of all of them; a failure of the call as a whole has no parts. https://developers.ringcentral.com/guide/basics/batch-requests
func (s *Server) runMany(c *call) reply {
	if c.route.many == "" {
		return s.run(c)
	}
	ids := []string{c.PathValue(c.route.many)}
	if s.cfg.Bulk != BulkNone {
		ids = splitIDs(ids[0])
	}
	if len(ids) > s.cfg.BulkIDs {
		return refused(*tooMany(s.cfg.BulkIDs))
	}
	if len(ids) == 1 {
		c.id = ids[0]
		return s.run(c)
	}
	out := reply{status: http.StatusMultiStatus}
	for _, id := range ids {
		one := *c
		one.id, one.among = id, true
		rep := s.run(&one)
		out.parts = append(out.parts, part{id, one.href(rep), rep})
	}
	if c.Method == http.MethodDelete && !slices.ContainsFunc(out.parts, func(p part) bool { return p.reply.status != http.StatusNoContent }) {
		return done()
	}
	if s.cfg.Bulk == BulkMultipart || !c.wantsMultipartJSON() {
		out.boundary = fmt.Sprintf("Boundary_%d_%d_%d", len(ids), rand.Uint32(), c.start.UnixMilli())
	}
	return out
}

// splitIDs reads the ids of a path parameter; blanks around them do not count. An empty one stays, and is not found.
func splitIDs(text string) []string {
	ids := strings.Split(text, ",")
	for i, id := range ids {
		ids[i] = strings.TrimSpace(id)
	}
	return ids
}

func (c *call) wantsMultipartJSON() bool {
	for _, value := range c.Header.Values("Accept") {
		for accepted := range strings.SplitSeq(value, ",") {
			if media, _, err := mime.ParseMediaType(accepted); err == nil && media == multipartJSON {
				return true
			}
		}
	}
	return false
}

// href is the address that would answer with this part alone: of a list, the page.
func (c *call) href(rep reply) string {
	if l, ok := rep.body.(interface{ uri() string }); ok {
		return l.uri()
	}
	return c.uri()
}

func (l list[R]) uri() string { return l.URI }

// encodeParts writes the parts as the vendor's JSON, or with a boundary as multipart/mixed: first an overview, then the bodies.
func (c *call) encodeParts(rep reply) (contentType string, body []byte) {
	bodies := make([]json.RawMessage, len(rep.parts))
	for i, p := range rep.parts {
		_, bodies[i] = c.encode(p.reply)
	}
	if rep.boundary == "" {
		return multipartJSON, encodeVendorJSON(rep.parts, bodies)
	}
	return multipartBare + "; boundary=" + rep.boundary, encodeMixed(rep.parts, bodies, rep.boundary)
}

func encodeVendorJSON(parts []part, bodies []json.RawMessage) []byte {
	type item struct {
		ResourceID string          `json:"resourceId"`
		Status     int             `json:"status"`
		Body       json.RawMessage `json:"body"`
	}
	items := make([]item, len(parts))
	for i, p := range parts {
		items[i] = item{p.id, p.reply.status, bodies[i]}
		if len(bodies[i]) == 0 {
			items[i].Body = json.RawMessage("{}") // every part is described to have one
		}
	}
	var out bytes.Buffer
	writeJSON(&out, items)
	return out.Bytes()
}

func encodeMixed(parts []part, bodies []json.RawMessage, boundary string) []byte {
	type item struct {
		Href        string `json:"href"`
		Status      int    `json:"status"`
		Description string `json:"responseDescription"`
	}
	var overview struct {
		Response []item `json:"response"`
	}
	for _, p := range parts {
		overview.Response = append(overview.Response, item{p.href, p.reply.status, http.StatusText(p.reply.status)})
	}
	var head, out bytes.Buffer
	writeJSON(&head, overview)
	w := multipart.NewWriter(&out)
	_ = w.SetBoundary(boundary) // ours is well-formed, and a buffer takes every write
	for _, body := range append([]json.RawMessage{head.Bytes()}, bodies...) {
		one, _ := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json"}})
		_, _ = one.Write(body)
	}
	_ = w.Close()
	return out.Bytes()
}
