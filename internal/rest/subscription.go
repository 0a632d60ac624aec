package rest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/budget"
)

// Subscription is the upstream's promise to tell of events.
type Subscription struct {
	ID              string           `json:"id"`
	Status          string           `json:"status"`
	EventFilters    []string         `json:"eventFilters"` // with real ids for ~
	DisabledFilters []DisabledFilter `json:"disabledFilters"`
	ExpirationTime  DateTime         `json:"expirationTime"`
	ExpiresIn       int              `json:"expiresIn"` // in seconds
	DeliveryMode    DeliveryMode     `json:"deliveryMode"`
	Blacklisted     *BlacklistedData `json:"blacklistedData"`
}

// DisabledFilter is an event filter that its subscriber may not use.
type DisabledFilter struct {
	Filter  string `json:"filter"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// BlacklistedData says why nothing is told any more.
type BlacklistedData struct {
	BlacklistedAt DateTime `json:"blacklistedAt"`
	Reason        string   `json:"reason"`
}

// The states of a subscription.
const (
	SubscriptionActive      = "Active"
	SubscriptionBlacklisted = "Blacklisted" // it tells nothing: what was told did not arrive
)

// SubscriptionRequest asks to be told of events.
type SubscriptionRequest struct {
	EventFilters []string     `json:"eventFilters"`
	DeliveryMode DeliveryMode `json:"deliveryMode"`
	ExpiresIn    int          `json:"expiresIn,omitzero"` // in seconds; zero means as long as the upstream pleases
}

// DeliveryMode is how and where events are told.
type DeliveryMode struct {
	TransportType     string `json:"transportType"`
	Address           string `json:"address,omitzero"`
	VerificationToken Secret `json:"verificationToken,omitzero"` // that each event will have; no answer has it
}

// WebHook is the transport type of what is told by requests to an address.
const WebHook = "WebHook"

// WSToken is what a connection to the upstream's WebSocket is opened with, once.
type WSToken struct {
	Token Secret
	URI   string
	Life  time.Duration
}

var (
	listSubscriptions  = op("listSubscriptions", "GET /restapi/v1.0/subscription", budget.Light, V1, "").ofEvents()
	createSubscription = op("createSubscription", "POST /restapi/v1.0/subscription", budget.Medium, V1, "SubscriptionWebhook").ofEvents()
	readSubscription   = op("readSubscription", "GET /restapi/v1.0/subscription/{subscriptionId}", budget.Light, V1, "").ofEvents()
	renewSubscription  = op("renewSubscription", "POST /restapi/v1.0/subscription/{subscriptionId}/renew", budget.Light, V1, "").ofEvents()
	deleteSubscription = op("deleteSubscription", "DELETE /restapi/v1.0/subscription/{subscriptionId}", budget.Medium, V1, "").ofEvents()
	authWsToken        = op("authWsToken", "POST /restapi/oauth/wstoken", budget.Auth, V1, "WebSocketsSubscription").ofEvents()
)

// CreateSubscription asks to be told of events. Before it answers, the upstream asks the
// address whether it listens.
func (c *Client) CreateSubscription(ctx context.Context, in *SubscriptionRequest) (*Subscription, error) {
	s, err := c.subscription(ctx, createSubscription.at().send(in), "")
	return s, scrubbed(err, in.DeliveryMode.VerificationToken)
}

// CountSubscription waits for the turn of a CreateSubscription that is made over a WebSocket:
// the upstream counts it like the call.
func (c *Client) CountSubscription(ctx context.Context) error {
	if c.cfg.Gate == nil {
		return nil
	}
	return c.cfg.Gate.Turn(ctx, c.cfg.Who(ctx), createSubscription.Group, createSubscription.ID)
}

// ReadSubscription returns a subscription as it is now.
func (c *Client) ReadSubscription(ctx context.Context, id string) (*Subscription, error) {
	return c.subscription(ctx, readSubscription.at(id), id)
}

// ListSubscriptions returns those that the signed-in user has through this app, as they are
// now. They come in one answer.
func (c *Client) ListSubscriptions(ctx context.Context) ([]Subscription, error) {
	p, err := call[Page[Subscription]](ctx, c, listSubscriptions.at())
	if err != nil {
		return nil, err
	}
	if err := checked(listSubscriptions, p, func(s *Subscription) string { return s.ID }); err != nil {
		return nil, err
	}
	for i := range p.Records {
		p.Records[i].DeliveryMode.VerificationToken = ""
	}
	return p.Records, nil
}

// RenewSubscription has a subscription last as long again as a new one.
func (c *Client) RenewSubscription(ctx context.Context, id string) (*Subscription, error) {
	return c.subscription(ctx, renewSubscription.at(id), id)
}

// DeleteSubscription ends a subscription.
func (c *Client) DeleteSubscription(ctx context.Context, id string) error {
	return over(c.act(ctx, deleteSubscription.at(id)))
}

// subscription sends r, whose answer is the subscription with an id, or a new one.
func (c *Client) subscription(ctx context.Context, r request, id string) (*Subscription, error) {
	s, err := call[Subscription](ctx, c, r)
	if err != nil {
		if id != "" {
			err = over(err)
		}
		return nil, err
	}
	s.DeliveryMode.VerificationToken = ""
	if _, bad := segment(s.ID); bad != nil || id != "" && s.ID != id {
		return nil, nonsense(r.op, fmt.Sprintf("subscription %.40q in place of %.40q", s.ID, id))
	}
	return s, nil
}

// over makes the refusal of an id that names no subscription, or none any more, one of that
// class: the upstream says that there is no such operation.
func over(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && (e.Code == "CMN-120" || e.Code == "SUB-507") {
		e.gone = true
	}
	return err
}

// AuthWSToken returns what a connection to the upstream's WebSocket is opened with.
func (c *Client) AuthWSToken(ctx context.Context) (*WSToken, error) {
	type body struct {
		Token     Secret `json:"ws_access_token"`
		URI       string `json:"uri"`
		ExpiresIn int    `json:"expires_in"`
	}
	b, err := call[body](ctx, c, authWsToken.at())
	switch {
	case err != nil:
		return nil, err
	case b.Token == "" || b.ExpiresIn <= 0 || b.ExpiresIn > mostWSLife:
		return nil, nonsense(authWsToken, "no token, or one whose life is none")
	case !c.socket(b.URI):
		return nil, nonsense(authWsToken, "no address of a WebSocket")
	}
	return &WSToken{b.Token, b.URI, time.Duration(b.ExpiresIn) * time.Second}, nil
}

// mostWSLife is a day, in seconds: longer than any connection lasts.
const mostWSLife = 24 * 60 * 60

// socket says whether uri is where a token may be sent to: no less private than where it came
// from.
func (c *Client) socket(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "wss" || u.Scheme == "ws" && strings.HasPrefix(c.cfg.BaseURL, "http://")
}
