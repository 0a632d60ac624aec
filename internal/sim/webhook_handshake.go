package sim

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httputil"
	"time"
)

const (
	webhookPatience = 3000 * time.Millisecond
	webhookAnswer   = 1024 // bytes, headers included
)

// shakeHands asks a webhook whether it wants to be one. https://developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks
func (s *Server) shakeHands(ctx context.Context, address string) *problem {
	token := newUUID()
	a, err := s.post(ctx, address, http.Header{"Validation-Token": {token}}, nil)
	bad := func(code, message string) *problem {
		return &problem{status: http.StatusBadRequest, ErrorCode: code, Message: message}
	}
	media := ""
	if err == nil {
		media, _, _ = mime.ParseMediaType(a.header.Get("Content-Type"))
	}
	switch {
	case err != nil:
		return bad("SUB-521", "WebHook is not reachable")
	case a.status == http.StatusOK && a.header.Get("Validation-Token") != token:
		return bad("SUB-520", "Validation Token is not returned")
	case a.status != http.StatusOK || a.large || media != "application/json":
		return bad("SUB-525", "WebHook server response is invalid")
	}
	return nil
}

// webhookReply is what a webhook answered.
type webhookReply struct {
	status int
	header http.Header
	large  bool // over the limit
}

// post sends one request to a webhook and reads the answer, as far as that may go. No redirect is followed.
func (s *Server) post(ctx context.Context, address string, header http.Header, body io.Reader) (webhookReply, error) {
	ctx, cancel := context.WithTimeout(ctx, webhookPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return webhookReply{}, err
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("User-Agent", "RingCentral-Webhook/8.3")
	resp, err := s.cfg.Webhooks.RoundTrip(req)
	if err != nil {
		return webhookReply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	head, err := httputil.DumpResponse(resp, false)
	if err != nil {
		return webhookReply{}, fmt.Errorf("answer: %w", err)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(resp.Body, webhookAnswer))
	if err != nil {
		return webhookReply{}, fmt.Errorf("answer: %w", err)
	}
	return webhookReply{resp.StatusCode, resp.Header, int64(len(head))+n > webhookAnswer}, nil
}
