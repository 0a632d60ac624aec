// Package config reads the settings: flags, and environment variables of the same
// names. It must not know what is done with them.
package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// CLI is the command line.
type CLI struct {
	Serve       Serve            `cmd:"" default:"withargs" help:"Serve GraphQL in front of RingCentral; this is what happens without a command. Where no RingCentral is set it starts a simulated one and serves that. Other commands: sim, a simulated RingCentral alone; healthcheck, for containers."`
	Sim         Sim              `cmd:"" help:"Serve a simulated RingCentral alone."`
	Healthcheck Healthcheck      `cmd:"" help:"Ask a running gateway whether it is alive; for containers."`
	Version     kong.VersionFlag `help:"Show the version."`
}

// Parse reads the command line and the environment. It ends the process after
// --help and --version, and with one line that names the setting after a bad one.
func Parse(args []string, version string) (*CLI, *kong.Context) {
	var cli CLI
	parser := kong.Must(&cli, kong.Name("ringql"), kong.Description("GraphQL for RingCentral."), kong.Vars{"version": version})
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		args = []string{"serve", "--help"} // the settings, not a list of commands
	}
	dropEmpty(parser.Model.Node)
	cmd, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	return &cli, cmd
}

// dropEmpty takes variables that are set to nothing for not set, as files of settings
// mean them.
func dropEmpty(n *kong.Node) {
	for _, f := range n.Flags {
		for _, env := range f.Envs {
			if v, ok := os.LookupEnv(env); ok && v == "" {
				_ = os.Unsetenv(env) // only for a name that cannot be set
			}
		}
	}
	for _, child := range n.Children {
		dropEmpty(child)
	}
}

// Serve holds the gateway's settings.
type Serve struct {
	Addr          string        `env:"RINGQL_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on (${default})."`
	HealthAddr    string        `env:"RINGQL_HEALTH_ADDR" placeholder:"HOST:PORT" help:"Address that /healthz, /readyz and /metrics are served at instead."`
	H2C           bool          `name:"h2c" env:"RINGQL_H2C" default:"false" negatable:"" help:"Whether HTTP/2 is spoken without TLS as well (${default})."`
	Keys          []string      `env:"RINGQL_KEYS" placeholder:"NAME=KEY" help:"Keys of the clients that may act for the person of RINGCENTRAL_JWT, in the header X-RingQL-Key: name=key, or name=sha256: and the key's hash. By default: any client may. Better given in the environment."`
	Timeout       time.Duration `env:"RINGQL_TIMEOUT" default:"30s" help:"Time for one operation (${default})."`
	Introspection *bool         `env:"RINGQL_INTROSPECTION" negatable:"" help:"Whether clients may ask for the schema, and are told what they may have meant. By default: with the simulator, and while only this machine can reach the gateway."`
	Playground    bool          `env:"RINGQL_PLAYGROUND" default:"true" negatable:"" help:"Whether / is a page to try queries on (${default})."`

	Session  Session  `embed:"" prefix:"session-" group:"People who sign in with a browser"`
	Audit    string   `env:"RINGQL_AUDIT" placeholder:"FILE" help:"File that a line of JSON for each mutation is added to: who, what, on which ids, and what came of it; - for standard output. By default it goes to the log."`
	Web      Web      `embed:"" group:"Who may ask"`
	Log      Log      `embed:"" prefix:"log-"`
	Upstream Upstream `embed:"" group:"RingCentral"`
	Events   Events   `embed:"" prefix:"events-" group:"Events, for GraphQL subscriptions"`
	Cache    Cache    `embed:"" prefix:"cache-" group:"Answers that are remembered"`
	Limits   Limits   `embed:"" prefix:"max-" group:"Limits of one request"`
	Budget   Budget   `embed:"" group:"RingCentral's rate limits"`
	Sim      Company  `embed:"" prefix:"sim-" group:"Simulated RingCentral, when none is set"`
}

// Upstream says how RingCentral is reached. The names are the vendor's own.
type Upstream struct {
	ServerURL    string `name:"ringcentral-server-url" env:"RINGCENTRAL_SERVER_URL" placeholder:"URL" help:"RingCentral's address. Default: https://platform.ringcentral.com, if a client id is set."`
	ClientID     string `name:"ringcentral-client-id" env:"RINGCENTRAL_CLIENT_ID" placeholder:"ID" help:"The app's client id."`
	ClientSecret string `name:"ringcentral-client-secret" env:"RINGCENTRAL_CLIENT_SECRET" placeholder:"SECRET" help:"The app's client secret. Better given in the environment."`
	JWT          string `name:"ringcentral-jwt" env:"RINGCENTRAL_JWT" placeholder:"JWT" help:"The JWT credential of the person that requests without a token act for. Better given in the environment."`
	API          string `name:"ringcentral-api" env:"RINGCENTRAL_API" enum:"auto,v1,v2" default:"auto" help:"Which generation of RingCentral's API is called: auto, v1 or v2 (${default})."`
	ManyIDs      int    `name:"ringcentral-many-ids" env:"RINGCENTRAL_MANY_IDS" default:"50" help:"Most ids in one call (${default}); fewer if RingCentral says so."`
	NoPreflight  bool   `name:"ringcentral-no-preflight" env:"RINGCENTRAL_NO_PREFLIGHT" default:"false" help:"Whether calls are made that are known to be refused, for want of a scope or permission (${default})."`
	MaxAnswer    int64  `name:"ringcentral-max-answer" env:"RINGCENTRAL_MAX_ANSWER" default:"67108864" help:"Most bytes of one answer (${default})."`
}

// Simulated says whether no upstream is set.
func (u Upstream) Simulated() bool { return u.ServerURL == "" && u.ClientID == "" }

// Cache says what is remembered of RingCentral's answers.
type Cache struct {
	TTL           time.Duration `name:"ttl" env:"RINGQL_CACHE_TTL" default:"5s" help:"How long an answer is remembered for whom it was given to, 0 for not at all (${default}). Changes made through this gateway are seen at once."`
	DictionaryTTL time.Duration `name:"dictionary-ttl" env:"RINGQL_CACHE_DICTIONARY_TTL" default:"1h" help:"How long what RingCentral's dictionaries tell is remembered, 0 for not at all (${default})."`
	Bytes         int64         `env:"RINGQL_CACHE_BYTES" default:"67108864" help:"Bytes of memory for all that is remembered (${default}); one person has at most an eighth of it."`
}

// Limits bound what one request may ask for.
type Limits struct {
	Body    int64 `env:"RINGQL_MAX_BODY" default:"1048576" help:"Bytes of a request's body (${default})."`
	Tokens  int   `env:"RINGQL_MAX_TOKENS" default:"5000" help:"Tokens of a query (${default})."`
	Nesting int   `env:"RINGQL_MAX_NESTING" default:"60" help:"Levels of brackets within brackets (${default})."`
	Name    int   `env:"RINGQL_MAX_NAME" default:"250" help:"Characters of a name in a query (${default})."`
	Names   int   `env:"RINGQL_MAX_NAMES" default:"1000" help:"Fields and fragments named in a query (${default})."`
	Aliases int   `env:"RINGQL_MAX_ALIASES" default:"200" help:"Aliases (${default})."`
	Roots   int   `env:"RINGQL_MAX_ROOTS" default:"100" help:"Fields of Query or Mutation (${default})."`
	Depth   int   `env:"RINGQL_MAX_DEPTH" default:"25" help:"Fields within fields (${default})."`
	Fields  int   `env:"RINGQL_MAX_FIELDS" default:"5000" help:"Fields, once fragments are spread (${default})."`
	Cost    int   `env:"RINGQL_MAX_COST" default:"1000000" help:"Cost of an answer: a field counts 1, an object 10, a connection 25, a @defer 25, times the rows asked for of the lists it is in, 20 where first and last are left out (${default})."`
	Rows    int   `env:"RINGQL_MAX_ROWS" default:"1000" help:"Rows of one page of a list, 1 to 1000 (${default})."`
	AllRows int   `env:"RINGQL_MAX_ALL_ROWS" default:"100000" help:"Rows of all lists of one answer (${default})."`
	List    int   `env:"RINGQL_MAX_LIST" default:"1000" help:"Values of a list in arguments and variables (${default})."`
	Errors  int   `env:"RINGQL_MAX_ERRORS" default:"100" help:"Errors of one answer (${default})."`
	Read    int64 `env:"RINGQL_MAX_READ" default:"268435456" help:"Bytes of RingCentral's answers to one operation (${default})."`

	Calls int `env:"RINGQL_MAX_CALLS" default:"500" help:"Calls to RingCentral that one operation is sure to take (${default})."`

	Sockets    int `env:"RINGQL_MAX_SOCKETS" default:"500" help:"Open WebSockets of one person (${default})."`
	Operations int `env:"RINGQL_MAX_OPERATIONS" default:"100" help:"Operations under way on one WebSocket (${default})."`
	InFlight   int `env:"RINGQL_MAX_IN_FLIGHT" default:"1000" help:"Operations under way in all; fewer while the processors or the memory do not keep up (${default})."`
	Queued     int `env:"RINGQL_MAX_QUEUED" default:"100" help:"Operations that wait for others to end (${default})."`
}

// Budget says how RingCentral's rate limits are kept.
type Budget struct {
	RedisURL string  `env:"RINGQL_REDIS_URL" placeholder:"URL" help:"Redis in which several replicas share their budgets and tell each other of changes, redis://user:password@host:port. Better given in the environment."`
	Light    int     `name:"limit-light" env:"RINGQL_LIMIT_LIGHT" default:"50" help:"Light calls a person may make a minute, until RingCentral has told (${default})."`
	Medium   int     `name:"limit-medium" env:"RINGQL_LIMIT_MEDIUM" default:"40" help:"Medium calls (${default})."`
	Heavy    int     `name:"limit-heavy" env:"RINGQL_LIMIT_HEAVY" default:"10" help:"Heavy calls (${default})."`
	Auth     int     `name:"limit-auth" env:"RINGQL_LIMIT_AUTH" default:"5" help:"Token calls (${default})."`
	Others   float64 `name:"limit-others" env:"RINGQL_LIMIT_OTHERS" default:"0" help:"Share of each limit, 0 to 0.9, that other programs with the same app are expected to use, until a minute has shown what they do (${default})."`
	Unnamed  string  `name:"limit-unnamed" env:"RINGQL_LIMIT_UNNAMED" enum:"group,person,app" default:"person" help:"What a refusal for rate closes that does not say which limit it is: group, person (and app once a second person is refused) or app (${default})."`
	Waiting  int     `name:"max-waiting" env:"RINGQL_MAX_WAITING" default:"1000" help:"Calls of one person that wait for one limit (${default})."`
}

// Company says which company the simulator holds.
type Company struct {
	Addr       string        `env:"RINGQL_SIM_ADDR" default:"127.0.0.1:8081" placeholder:"HOST:PORT" help:"Address the simulator listens on (${default})."`
	Extensions int           `env:"RINGQL_SIM_EXTENSIONS" default:"25" help:"Extensions of the company (${default})."`
	Numbers    int           `env:"RINGQL_SIM_NUMBERS" default:"40" help:"Phone numbers of the company (${default})."`
	Seed       uint64        `env:"RINGQL_SIM_SEED" default:"1" help:"Which company is made up (${default})."`
	Limits     bool          `env:"RINGQL_SIM_LIMITS" default:"true" negatable:"" help:"Whether calls are limited as RingCentral's are (${default})."`
	Latency    time.Duration `env:"RINGQL_SIM_LATENCY" default:"0s" help:"Time added to every answer (${default})."`
}

// Sim holds the settings of the simulator alone.
type Sim struct {
	Company `embed:""`
	Log     Log `embed:"" prefix:"log-"`
}

// Log says how the log is written.
type Log struct {
	Format string `env:"RINGQL_LOG_FORMAT" enum:"text,json" default:"text" help:"Log as text or json (${default})."`
	Level  string `env:"RINGQL_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"Least level that is logged: debug, info, warn or error (${default})."`
}

// Logger returns a logger that writes to w.
func (l Log) Logger(w io.Writer) *slog.Logger {
	var level slog.LevelVar
	_ = level.UnmarshalText([]byte(l.Level)) // the command line allows only good ones
	opts := &slog.HandlerOptions{Level: &level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// AuditTo returns where mutations are written down: a file of their own, or log.
func (s *Serve) AuditTo(log *slog.Logger) (slog.Handler, error) {
	switch s.Audit {
	case "":
		return log.Handler(), nil
	case "-":
		return slog.NewJSONHandler(os.Stdout, nil), nil
	}
	f, err := os.OpenFile(s.Audit, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("RINGQL_AUDIT: %w", err)
	}
	return slog.NewJSONHandler(f, nil), nil // it is open as long as the process runs
}

// Healthcheck asks a gateway whether it is alive.
type Healthcheck struct {
	Addr string `env:"RINGQL_HEALTH_ADDR,RINGQL_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"The address that the gateway answers for its health at (${default})."`
}

// Validate refuses settings that make no sense, by their names.
func (s *Serve) Validate() error {
	return errors.Join(
		address("RINGQL_ADDR", s.Addr),
		optionalAddress("RINGQL_HEALTH_ADDR", s.HealthAddr),
		s.Web.validate(),
		keys("RINGQL_KEYS", s.Keys),
		positive("RINGQL_TIMEOUT", int64(s.Timeout)),
		s.Upstream.validate(),
		s.Limits.validate(),
		s.Budget.validate(),
		s.Session.validate(s.Budget.RedisURL),
		s.Events.validate(s.Budget.RedisURL),
		s.Cache.validate(),
		s.Sim.validate(),
	)
}

// Validate refuses settings that make no sense, by their names.
func (s *Sim) Validate() error { return s.validate() }

// AfterApply fills in what depends on other settings.
func (s *Serve) AfterApply() error {
	local := Loopback(s.Addr) && len(s.Web.Hosts) == 0
	if s.Introspection == nil {
		develop := local || s.Upstream.Simulated()
		s.Introspection = &develop
	}
	if local { // a page of another site could point its own name here
		s.Web.Hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	return nil
}

func (u Upstream) validate() error {
	if u.ServerURL != "" {
		p, err := url.Parse(u.ServerURL)
		if err != nil || p.Host == "" || p.Scheme != "http" && p.Scheme != "https" || strings.Trim(p.Path, "/") != "" || p.RawQuery != "" || p.User != nil {
			return errors.New("RINGCENTRAL_SERVER_URL must be http(s)://host, without a path")
		}
	}
	if u.ClientID == "" && (u.ClientSecret != "" || u.JWT != "") {
		return errors.New("RINGCENTRAL_CLIENT_ID is missing: it goes with RINGCENTRAL_CLIENT_SECRET and RINGCENTRAL_JWT")
	}
	if u.JWT != "" && u.ClientSecret == "" {
		return errors.New("RINGCENTRAL_CLIENT_SECRET is missing: it goes with RINGCENTRAL_JWT")
	}
	return errors.Join(positive("RINGCENTRAL_MANY_IDS", int64(u.ManyIDs)), positive("RINGCENTRAL_MAX_ANSWER", u.MaxAnswer))
}

func (l Limits) validate() error {
	if l.Rows > 1000 {
		return errors.New("RINGQL_MAX_ROWS must be at most 1000: RingCentral gives no more at once")
	}
	return errors.Join(
		positive("RINGQL_MAX_BODY", l.Body), positive("RINGQL_MAX_TOKENS", int64(l.Tokens)),
		positive("RINGQL_MAX_NESTING", int64(l.Nesting)), positive("RINGQL_MAX_NAMES", int64(l.Names)),
		positive("RINGQL_MAX_ALIASES", int64(l.Aliases)), positive("RINGQL_MAX_DEPTH", int64(l.Depth)),
		positive("RINGQL_MAX_FIELDS", int64(l.Fields)), positive("RINGQL_MAX_ROWS", int64(l.Rows)),
		positive("RINGQL_MAX_ALL_ROWS", int64(l.AllRows)), positive("RINGQL_MAX_LIST", int64(l.List)), positive("RINGQL_MAX_NAME", int64(l.Name)), positive("RINGQL_MAX_ROOTS", int64(l.Roots)), positive("RINGQL_MAX_COST", int64(l.Cost)),
		positive("RINGQL_MAX_ERRORS", int64(l.Errors)), positive("RINGQL_MAX_READ", l.Read), positive("RINGQL_MAX_CALLS", int64(l.Calls)),
		positive("RINGQL_MAX_IN_FLIGHT", int64(l.InFlight)), positive("RINGQL_MAX_QUEUED", int64(l.Queued)),
		positive("RINGQL_MAX_SOCKETS", int64(l.Sockets)), positive("RINGQL_MAX_OPERATIONS", int64(l.Operations)),
	)
}

func (b Budget) validate() error {
	if b.RedisURL != "" {
		p, err := url.Parse(b.RedisURL)
		if err != nil || p.Host == "" || p.Scheme != "redis" && p.Scheme != "rediss" {
			return errors.New("RINGQL_REDIS_URL must be redis://host:port or rediss://host:port") // it may hold a password
		}
	}
	if !(b.Others >= 0 && b.Others <= 0.9) {
		return errors.New("RINGQL_LIMIT_OTHERS must be between 0 and 0.9")
	}
	return errors.Join(
		positive("RINGQL_LIMIT_LIGHT", int64(b.Light)), positive("RINGQL_LIMIT_MEDIUM", int64(b.Medium)),
		positive("RINGQL_LIMIT_HEAVY", int64(b.Heavy)), positive("RINGQL_LIMIT_AUTH", int64(b.Auth)),
		positive("RINGQL_MAX_WAITING", int64(b.Waiting)),
	)
}

func (c Cache) validate() error {
	if c.TTL < 0 || c.DictionaryTTL < 0 {
		return errors.New("RINGQL_CACHE_TTL and RINGQL_CACHE_DICTIONARY_TTL must not be negative")
	}
	return positive("RINGQL_CACHE_BYTES", c.Bytes)
}

func (c Company) validate() error {
	if c.Latency < 0 {
		return errors.New("RINGQL_SIM_LATENCY must not be negative")
	}
	return errors.Join(
		address("RINGQL_SIM_ADDR", c.Addr),
		positive("RINGQL_SIM_EXTENSIONS", int64(c.Extensions)), positive("RINGQL_SIM_NUMBERS", int64(c.Numbers)),
	)
}

func address(name, addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("%s must be host:port, not %q", name, addr)
	}
	return nil
}

func optionalAddress(name, addr string) error {
	if addr == "" {
		return nil
	}
	return address(name, addr)
}

func positive(name string, n int64) error {
	if n <= 0 {
		return fmt.Errorf("%s must be greater than zero", name)
	}
	return nil
}

// Loopback says whether addr can be reached from this machine alone.
func Loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
