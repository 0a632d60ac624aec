package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/oauth2"
)

// classify keeps the upstream's body, which could repeat the credential, out of
// the error.
func classify(err error) error {
	refusal, refused := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !refused:
		return unavailable(err)
	case refusal.Response.StatusCode/100 != 4, refusal.Response.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%w: status %d", ErrUnavailable, refusal.Response.StatusCode)
	}
	return fmt.Errorf("%w: status %d, %s", ErrCredential, refusal.Response.StatusCode, errorName(refusal.ErrorCode))
}

// errorNames are those of RFC 6749, and of OpenID Connect for its sign-in page.
var errorNames = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
	"access_denied", "unsupported_response_type", "server_error", "temporarily_unavailable",
	"interaction_required", "login_required", "account_selection_required", "consent_required",
}

// errorName returns the name of an error if it is one. Anything else may repeat what was sent.
func errorName(s string) string {
	if slices.Contains(errorNames, s) {
		return s
	}
	return "another error"
}

// unavailable is a token call that came to nothing. Of the cause only what the network says
// is kept: any other may quote what was sent or what came.
func unavailable(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // without the request
	}
	_, network := errors.AsType[net.Error](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, unsent := errors.AsType[interface {
		error
		NotSent()
	}](err)
	if network || certificate || unsent || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return errNonsense
}

var errNonsense = fmt.Errorf("%w: its answer makes no sense", ErrUnavailable)

// refusal is classify, but that a grant may be refused which is not the operator's.
func refusal(err error) error {
	e, ok := errors.AsType[*oauth2.RetrieveError](err)
	if ok && e.ErrorCode == "invalid_grant" && e.Response.StatusCode/100 == 4 {
		return ErrGrant
	}
	return classify(err)
}
