// Package sim imitates the RingCentral REST API closely enough to develop against it: one company whose state changes, both
// generations of the provisioning operations, sign-in with its pages, permissions, rate limits with their penalty, paging,
// requests for many ids, the error bodies, and events told by webhooks. It is an [http.Handler]; Transport reaches the same handler without a port. It
// must not know the gateway: it shares no type with the client, so that a wrong JSON name there cannot agree with a wrong one
// here. Where the vendor's documentation is silent the choice made is said beside the code. Time is read from package time
// only, so a test may run it in a synctest bubble.
package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config says which company the server shows and how it behaves. The zero value is the examples' own company with the
// documented behaviour.
type Config struct {
	Extensions int    // extensions in all, the examples' own among them; fewer than those means just those
	Numbers    int    // phone numbers in all (stock not counted), likewise
	Seed       uint64 // which company is generated; the same settings give the same company
	Groups     bool   // whether the examples have paging groups and park locations too, behind all others
	Fax        bool   // whether the examples have an extension for faxes alone too, likewise

	// Limits holds the calls allowed per window by group: "light", "medium", "heavy", "auth". Nil means 50, 40, 10, 5. In a map
	// that is not nil, a group that is missing or 0 is not limited.
	Limits  map[string]int
	Window  time.Duration // over which calls are counted; zero means 60 s
	Penalty time.Duration // how long a group stays closed; zero means 60 s

	AccountLimit int  // calls allowed per window to all people of an app together; zero means any number
	AddressLimit int  // calls allowed per window to everyone together; likewise
	NoRetryAfter bool // whether a 429 keeps to itself when to come again

	RedirectURIs    []string // where sign-in may lead, for every app; empty means any http URL on a loopback address
	Sessions        int      // live ones of one person and app, the oldest ends for the next; zero means 5
	NoRefreshTokens bool     // whether apps are configured without refresh tokens

	BulkIDs      int           // most ids in one many-ids request; zero means 50
	Bulk         Bulk          // how many-ids requests are answered
	Generation   Generation    // which operations exist
	AsyncBulkAdd bool          // bulk-add answers 202 with a task always; else only beyond 10 numbers
	TaskTime     time.Duration // how long a bulk-add task runs; zero means 2 s

	Webhooks       http.RoundTripper // reaches webhooks; nil means over the network
	WebhookRetries []time.Duration   // pauses before an event is sent again; nil means nine that grow, ten minutes in all
	BlacklistAfter time.Duration     // how long a webhook may do nothing but fail; zero means 10 min
	Revival        time.Duration     // after which a blacklisted subscription is active again; zero means never
	SecureWebhooks bool              // whether webhooks need https
	RefuseLongLife bool              // whether a subscription for longer than the maximum is refused, rather than made shorter
	WebSocket      WebSocket         // how events are pushed over one

	Latency time.Duration // added to every answer
	BaseURL string        // scheme and host in `uri` values; empty means taken from the request
	Log     *slog.Logger  // one debug line per call; nil discards
}

// Bulk says how requests for many ids are answered.
type Bulk int

// The ways to answer a request for many ids.
const (
	BulkBoth      Bulk = iota // vendor JSON where Accept asks for it, else multipart/mixed: the documented behaviour
	BulkMultipart             // always multipart/mixed
	BulkNone                  // the comma is part of one odd id, which is not found
)

// Generation says which operations exist.
type Generation int

// The generations of the API.
const (
	Both    Generation = iota // everything is served
	Legacy                    // as in 2018 to 2020: no v2 paths
	Current                   // as the public description of today: nothing that only the 2018 description lists
)

// Server is the simulated upstream. Use New.
type Server struct {
	cfg      Config
	mux      *http.ServeMux
	routes   []*route
	journal  journal
	limiter  limiter
	sessions sessions

	mu      sync.RWMutex // guards company and tasks; taken in call.go only, and by the knobs of this package
	company *company
	tasks   tasks

	subscriptions subscriptions
	live          context.Context //nolint:containedctx // of the server itself: deliveries to webhooks end with it
	end           context.CancelFunc
	sockets       sockets
}

// New returns a server with the company that cfg describes.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	cfg = cfg.withDefaults()
	s := &Server{
		cfg:      cfg,
		mux:      http.NewServeMux(),
		journal:  newJournal(),
		limiter:  newLimiter(cfg),
		sessions: newSessions(cfg),
		company:  newCompany(cfg),
		tasks:    tasks{byID: map[string]*task{}},
		sockets:  newSockets(cfg.WebSocket),
	}
	s.subscriptions.revival = cfg.Revival
	s.live, s.end = context.WithCancel(context.Background())
	s.routes = slices.Concat(
		s.oauthRoutes(),
		s.accountRoutes(),
		s.extensionRoutes(),
		s.extensionWriteRoutes(),
		s.authorizationProfileRoutes(),
		s.phoneNumberRoutes(),
		s.phoneNumberV2Routes(),
		s.bulkAddRoutes(),
		s.forwardingNumberRoutes(),
		s.deviceRoutes(),
		s.deviceOrderRoutes(),
		s.deviceCatalogRoutes(),
		s.deviceInventoryRoutes(),
		s.callQueueRoutes(),
		s.callerBlockingRoutes(),
		s.blockedNumberRoutes(),
		s.countryRoutes(),
		s.dictionaryRoutes(),
		s.licenseRoutes(),
		s.createAccountRoutes(),
		s.pagingGroupRoutes(),
		s.parkLocationRoutes(),
		s.numberPoolRoutes(),
		s.numberParserRoutes(),
		s.freeExtensionNumberRoutes(),
		s.phoneNumberReplaceRoutes(),
		s.subscriptionRoutes(),
		s.webSocketRoutes(),
	)
	s.company.diary = newDiary()
	s.mount()
	return s, nil
}

// maxRecords keeps a slip of the keyboard from filling the memory.
const maxRecords = 1_000_000

func (c Config) check() error {
	for _, n := range []struct {
		name       string
		value, max int
	}{
		{"Extensions", c.Extensions, maxRecords},
		{"Numbers", c.Numbers, maxRecords},
		{"BulkIDs", c.BulkIDs, maxRecords},
		{"Sessions", c.Sessions, maxRecords},
		{"AccountLimit", c.AccountLimit, maxRecords},
		{"AddressLimit", c.AddressLimit, maxRecords},
		{"Bulk", int(c.Bulk), int(BulkNone)},
		{"Generation", int(c.Generation), int(Current)},
	} {
		if n.value < 0 || n.value > n.max {
			return fmt.Errorf("%s is %d, want 0 to %d", n.name, n.value, n.max)
		}
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"Window", c.Window}, {"Penalty", c.Penalty}, {"TaskTime", c.TaskTime}, {"Latency", c.Latency}, {"BlacklistAfter", c.BlacklistAfter}, {"Revival", c.Revival}} {
		if d.value < 0 {
			return fmt.Errorf("%s is %v, want no less than 0", d.name, d.value)
		}
	}
	if len(c.WebhookRetries) > 0 && slices.Min(c.WebhookRetries) < 0 {
		return errors.New("WebhookRetries has one that is less than 0")
	}
	for group, n := range c.Limits {
		if _, known := defaultLimits()[group]; !known || n < 0 {
			return fmt.Errorf("limit of group %q is %d, want light, medium, heavy or auth, and no less than 0", group, n)
		}
	}
	for _, uri := range c.RedirectURIs {
		if u, err := url.Parse(uri); err != nil || !u.IsAbs() || u.Fragment != "" {
			return errors.New("RedirectURIs has one that is not an absolute URI, or has a fragment")
		}
	}
	if err := c.WebSocket.check(); err != nil {
		return err
	}
	if c.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return errors.New("BaseURL is not just a scheme and a host, like http://127.0.0.1:8081")
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Limits == nil {
		c.Limits = defaultLimits()
	}
	if c.Window == 0 {
		c.Window = time.Minute
	}
	if c.Penalty == 0 {
		c.Penalty = time.Minute
	}
	if c.Sessions == 0 {
		c.Sessions = 5
	}
	if c.BulkIDs == 0 {
		c.BulkIDs = 50
	}
	if c.TaskTime == 0 {
		c.TaskTime = 2 * time.Second
	}
	if c.Webhooks == nil {
		c.Webhooks = &http.Transport{IdleConnTimeout: time.Minute} // without a proxy
	}
	if c.WebhookRetries == nil {
		c.WebhookRetries = webhookRetries()
	}
	if c.BlacklistAfter == 0 {
		c.BlacklistAfter = 10 * time.Minute
	}
	c.WebSocket = c.WebSocket.withDefaults()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Close ends the deliveries to webhooks and the WebSockets, for good, and waits for the deliveries under way to break off. Calls are
// answered as before.
func (s *Server) Close() {
	s.subscriptions.mu.Lock()
	s.subscriptions.closed = true
	s.subscriptions.mu.Unlock()
	s.end()
	s.shut()
	s.subscriptions.workers.Wait()
	(&http.Client{Transport: s.cfg.Webhooks}).CloseIdleConnections()
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path.Clean(r.URL.Path) != r.URL.Path {
		s.unknown(w, r) // the mux would redirect
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Calls lists the calls received so far, in order of arrival, as "light  GET /restapi/v1.0/account/~/extension?page=1": the
// group padded to six, the method, the request URI exactly as received. The group of what no operation serves is "none".
func (s *Server) Calls() []string { return s.journal.list() }

// ResetCalls forgets the calls received so far.
func (s *Server) ResetCalls() {
	s.journal.reset()
	s.sessions.resetCalls()
}

// Routes lists, sorted, what the server serves, as "readAccountInfo GET /restapi/v1.0/account/{accountId} light ReadAccounts
// ReadCompanyInfo": last what the app needs and what the user, where they need anything.
func (s *Server) Routes() []string {
	var out []string
	for _, rt := range s.routes {
		if s.serves(rt) {
			out = append(out, strings.Join(strings.Fields(rt.operation+" "+rt.pattern+" "+rt.group+" "+rt.scope+" "+rt.permission), " "))
		}
	}
	slices.Sort(out)
	return out
}

// Size returns how many extensions and phone numbers the company has: no fewer than the examples that are always in it.
func (s *Server) Size() (extensions, numbers int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.company.extensions), len(s.company.numbers)
}

// AddExtension puts a new enabled user at position at of the extension list, behind every client's back, and returns the id.
func (s *Server) AddExtension(at int, name string) (id string) {
	s.mu.Lock()
	defer s.unlock()
	first, last, _ := strings.Cut(name, " ")
	e := s.company.newUser(first, last)
	s.company.insertExtension(min(max(at, 0), len(s.company.extensions)), e)
	return formatID(e.id)
}

// RemoveExtension takes an extension away, behind every client's back: its direct numbers become company numbers, as they do
// after a deletion over the API. An unknown id changes nothing.
func (s *Server) RemoveExtension(id string) {
	s.mu.Lock()
	defer s.unlock()
	if e := s.company.extension[parseID(id)]; e != nil {
		s.company.dropExtension(e)
	}
}
