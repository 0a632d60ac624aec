package sim

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// subscriptionRoutes needs a scope for the creation alone: no other is documented, and each serves its owner's own subscriptions.
func (s *Server) subscriptionRoutes() []*route {
	const all, one = "/restapi/v1.0/subscription", "/restapi/v1.0/subscription/{subscriptionId}"
	return []*route{
		{operation: "listSubscriptions", pattern: "GET " + all, group: "light", do: s.listSubscriptions},
		{operation: "createSubscription", pattern: "POST " + all, group: "medium", scope: "SubscriptionWebhook", do: s.createSubscription},
		{operation: "readSubscription", pattern: "GET " + one, group: "light", do: s.readSubscription},
		{operation: "updateSubscription", pattern: "PUT " + one, group: "medium", do: s.updateSubscription},
		{operation: "deleteSubscription", pattern: "DELETE " + one, group: "medium", do: s.deleteSubscription},
		{operation: "renewSubscription", pattern: "POST " + one + "/renew", group: "light", do: s.renewSubscription},
	}
}

// subscriptionArgs is the body of the requests that make and change a subscription. What is nil was not given.
type subscriptionArgs struct {
	EventFilters []string          `json:"eventFilters"`
	ExpiresIn    *int              `json:"expiresIn"`
	DeliveryMode *deliveryModeArgs `json:"deliveryMode"`
}

type deliveryModeArgs struct {
	TransportType     string `json:"transportType"`
	Address           string `json:"address"`
	VerificationToken string `json:"verificationToken"`
}

type subscriptionInfo struct {
	URI             string           `json:"uri"`
	ID              string           `json:"id"`
	CreationTime    string           `json:"creationTime"`
	Status          string           `json:"status"`
	EventFilters    []string         `json:"eventFilters"`
	DisabledFilters []disabledFilter `json:"disabledFilters,omitempty"`
	ExpirationTime  string           `json:"expirationTime"`
	ExpiresIn       int              `json:"expiresIn"`
	DeliveryMode    deliveryMode     `json:"deliveryMode"`
	BlacklistedData *blacklistedData `json:"blacklistedData,omitempty"`
}

type blacklistedData struct {
	BlacklistedAt string `json:"blacklistedAt"`
	Reason        string `json:"reason"`
}

const (
	subscriptionLife    = 604_800 * time.Second
	maxSubscriptionLife = 315_360_000 // seconds
	mostSubscriptions   = 30          // of one person and app
)

func (c *call) subscriptionInfo(sub *subscription, now time.Time) subscriptionInfo {
	out := subscriptionInfo{
		URI:             c.base + "/restapi/v1.0/subscription/" + sub.id,
		ID:              sub.id,
		CreationTime:    timestamp(sub.created),
		Status:          "Active",
		EventFilters:    slices.Clone(sub.filters),
		DisabledFilters: sub.disabled,
		ExpirationTime:  timestamp(sub.end(now)),
		ExpiresIn:       max(1, int((sub.end(now).Sub(now)-1)/time.Second)), // as in the examples, where some of it is gone at once
		DeliveryMode:    sub.mode,
	}
	if !sub.black.IsZero() {
		out.Status, out.BlacklistedData = "Blacklisted", &blacklistedData{timestamp(sub.black), sub.why}
	}
	return out
}

func (s *Server) listSubscriptions(c *call) reply {
	m := &s.subscriptions
	m.mu.Lock()
	defer m.mu.Unlock()
	out := struct {
		URI     string             `json:"uri"`
		Records []subscriptionInfo `json:"records"`
	}{c.uri(), []subscriptionInfo{}}
	for _, sub := range m.of(c.owner(), c.start) {
		out.Records = append(out.Records, c.subscriptionInfo(sub, c.start))
	}
	return found(out)
}

// createSubscription answers once the webhook has said that it wants to be one. Meanwhile the server is not locked: the receiver may
// have calls of its own to make.
func (s *Server) createSubscription(c *call) reply {
	var in subscriptionArgs
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	sub := &subscription{id: newUUID(), owner: c.owner(), base: c.base, created: c.start}
	for _, check := range []func(*call, *subscription, subscriptionArgs) *problem{s.checkMode, s.checkFilters, s.checkLife, s.checkCount} {
		if p := check(c, sub, in); p != nil {
			return refused(*p)
		}
	}
	if sub.mode.TransportType == webSocket {
		sub.sink = sinkOf(c.Context())
		return s.subscribe(c, sub)
	}
	sub.sink = s.newWebhook(sub, in.DeliveryMode.VerificationToken)
	return reply{after: func() reply {
		if p := s.shakeHands(c.Context(), sub.mode.Address); p != nil {
			return refused(*p)
		}
		return s.subscribe(c, sub)
	}}
}

func (s *Server) subscribe(c *call, sub *subscription) reply {
	if !s.subscriptions.add(sub, c.start) {
		return refused(*tooManySubscriptions())
	}
	return found(c.subscriptionInfo(sub, c.start))
}

func (s *Server) checkMode(c *call, sub *subscription, in subscriptionArgs) *problem {
	mode := in.DeliveryMode
	if mode == nil {
		return missing("deliveryMode")
	}
	sub.mode.TransportType = mode.TransportType
	switch overSocket := sinkOf(c.Context()) != nil; {
	case mode.TransportType == "":
		return missing("deliveryMode.transportType")
	case mode.TransportType == webSocket && overSocket:
		return nil
	case mode.TransportType != webHook:
		return invalid("deliveryMode.transportType")
	}
	if mode.Address == "" {
		return missing("deliveryMode.address")
	}
	u, err := url.Parse(mode.Address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return invalid("deliveryMode.address")
	}
	if s.cfg.SecureWebhooks && u.Scheme != "https" {
		return &problem{status: http.StatusBadRequest, ErrorCode: "SUB-523", Message: "HTTPS is required"}
	}
	sub.mode.Address, sub.mode.Encryption = mode.Address, new(bool)
	return nil
}

// checkLife sets when the subscription ends. What becomes of a wish for longer than there is, nothing says: it gets what there is,
// unless the configuration refuses it.
func (s *Server) checkLife(c *call, sub *subscription, in subscriptionArgs) *problem {
	life := subscriptionLife
	if in.ExpiresIn != nil {
		n := *in.ExpiresIn
		if n < 1 || n > maxSubscriptionLife && s.cfg.RefuseLongLife {
			return invalid("expiresIn")
		}
		life = time.Duration(min(n, maxSubscriptionLife)) * time.Second
	}
	sub.expires = c.start.Add(life)
	return nil
}

func (s *Server) checkCount(c *call, sub *subscription, _ subscriptionArgs) *problem {
	m := &s.subscriptions
	m.mu.Lock()
	defer m.mu.Unlock()
	if sub.mode.TransportType == webHook && len(m.of(sub.owner, c.start)) >= mostSubscriptions {
		return tooManySubscriptions()
	}
	return nil
}

func tooManySubscriptions() *problem {
	return &problem{status: http.StatusForbidden, ErrorCode: "SUB-505", Message: "Subscriptions limit exceeded"}
}

func (c *call) owner() owner { return owner{c.grant.person, c.grant.app.id} }

// withSubscription runs do with the subscription that the path names. There is none for whoever is not its owner, and none when it
// has expired.
func (s *Server) withSubscription(c *call, do func(*subscription) reply) reply {
	m := &s.subscriptions
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, sub := range m.of(c.owner(), c.start) {
		if sub.id == c.pathValue("subscriptionId") {
			return do(sub)
		}
	}
	return refused(problem{status: http.StatusNotFound, ErrorCode: "CMN-120", Message: "Invalid URI"})
}

func (s *Server) readSubscription(c *call) reply {
	return s.withSubscription(c, func(sub *subscription) reply { return found(c.subscriptionInfo(sub, c.start)) })
}

// updateSubscription renews too. That a webhook is asked again whether it wants to be one, nothing says; here it is not.
func (s *Server) updateSubscription(c *call) reply {
	var in subscriptionArgs
	if len(c.body) > 0 || c.large {
		if p := c.decode(&in); p != nil {
			return refused(*p)
		}
	}
	return s.withSubscription(c, func(sub *subscription) reply {
		next := *sub
		if in.EventFilters != nil {
			if p := s.checkFilters(c, &next, in); p != nil {
				return refused(*p)
			}
		}
		if p := s.checkLife(c, &next, in); p != nil {
			return refused(*p)
		}
		return c.renewed(sub, next)
	})
}

func (s *Server) renewSubscription(c *call) reply {
	return s.withSubscription(c, func(sub *subscription) reply {
		next := *sub
		next.expires = c.start.Add(subscriptionLife)
		return c.renewed(sub, next)
	})
}

// renewed puts next in the place of sub. A blacklisted one stays so, as the vendor's page on trouble has it. One of a WebSocket
// cannot be changed over HTTP; with which error, nothing says.
func (c *call) renewed(sub *subscription, next subscription) reply {
	if sub.mode.TransportType == webSocket && sinkOf(c.Context()) != sub.sink {
		return refused(*invalid("subscriptionId"))
	}
	*sub = next
	return found(c.subscriptionInfo(sub, c.start))
}

func (s *Server) deleteSubscription(c *call) reply {
	return s.withSubscription(c, func(sub *subscription) reply {
		s.subscriptions.drop(func(other *subscription) bool { return other == sub })
		return done()
	})
}
