package gateway

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
)

// Telemetry counts what the gateway does. One of it is made per process.
type Telemetry struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	took      *prometheus.HistogramVec
	joined    prometheus.Counter
	calls     *prometheus.CounterVec
	upstream  *prometheus.HistogramVec
	spared    *prometheus.CounterVec
	unmatched *prometheus.Desc
	waiting   *prometheus.GaugeVec
	waited    *prometheus.HistogramVec
	refused   *prometheus.CounterVec
	storeUp   prometheus.Gauge

	cache                       func() rest.CacheSize // set before anything is counted; nil for none
	answers, remembered, missed *prometheus.Desc

	events                      func() notify.Status // likewise
	subscribers, accounts, told *prometheus.Desc
}

// NewTelemetry returns counters at zero.
func NewTelemetry() *Telemetry {
	t := &Telemetry{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringql_requests_total", Help: "Operations carried out, by kind and whether they had errors.",
		}, []string{"kind", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ringql_request_seconds", Help: "How long operations took, by kind.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 12),
		}, []string{"kind"}),
		joined: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ringql_requests_joined_total", Help: "Requests that were given the answer to the same request of the same person, which was under way.",
		}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringql_upstream_calls_total", Help: "Calls to RingCentral, by operation, rate-limit group and status; 0 for none.",
		}, []string{"operation", "group", "status"}),
		upstream: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ringql_upstream_seconds", Help: "How long RingCentral took to answer, by operation.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2.5, 10),
		}, []string{"operation"}),
		spared: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringql_cache_hits_total", Help: "Calls to RingCentral that were not needed, by operation, and whether the answer was remembered or the same call was under way.",
		}, []string{"operation", "from"}),
		missed:     prometheus.NewDesc("ringql_cache_misses_total", "Answers of RingCentral's that could have been remembered, and were not.", nil, nil),
		answers:    prometheus.NewDesc("ringql_cache_answers", "Answers of RingCentral's that are remembered.", nil, nil),
		remembered: prometheus.NewDesc("ringql_cache_bytes", "Bytes of memory for answers that are remembered.", nil, nil),
		unmatched: prometheus.NewDesc("ringql_unknown_enum_values_total",
			"Values of RingCentral's that the schema does not know, by enumeration.", []string{"enum", "value"}, nil),
	}
	t.subscribers = prometheus.NewDesc("ringql_event_subscribers", "GraphQL subscriptions under way.", nil, nil)
	t.accounts = prometheus.NewDesc("ringql_event_accounts", "Accounts that somebody here has subscribed to, by how far it is that RingCentral tells of them: active, waiting (another replica sees to it), starting, broken.", []string{"state"}, nil)
	t.told = prometheus.NewDesc("ringql_events_total", "What RingCentral, or somebody else, told this replica, by what came of it.", []string{"outcome"}, nil)
	t.budgets()
	t.registry.MustRegister(t.requests, t.took, t.joined, t.calls, t.upstream, t.spared, t,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return t
}

// Call counts one upstream call, or one that was spared. It is what the observing link and
// the client report to.
func (t *Telemetry) Call(ctx context.Context, c rest.Call) {
	eventFrom(ctx).call(c)
	if c.Spared() {
		from := "memory"
		if c.Shared {
			from = "call under way"
		}
		t.spared.WithLabelValues(c.Operation.ID, from).Inc()
		return
	}
	t.calls.WithLabelValues(c.Operation.ID, string(c.Group), strconv.Itoa(c.Status)).Inc()
	t.upstream.WithLabelValues(c.Operation.ID).Observe(c.Duration.Seconds())
}

// budgets makes the counters of what waits for the rate limits.
func (t *Telemetry) budgets() {
	t.waiting = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "ringql_budget_waiting", Help: "Calls to RingCentral that wait for their turn, by rate-limit group.",
	}, []string{"group"})
	t.waited = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "ringql_budget_waited_seconds", Help: "How long calls to RingCentral waited for their turn, by rate-limit group.",
		Buckets: []float64{0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 20, 40, 80},
	}, []string{"group"})
	t.refused = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "ringql_budget_refused_total", Help: "Calls to RingCentral that were not sent, since their turn would have come too late, by rate-limit group.",
	}, []string{"group"})
	t.storeUp = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "ringql_budget_store_up", Help: "1 while the replicas share their budgets, 0 while Redis is away; 1 without Redis.",
	})
	t.storeUp.Set(1)
	t.registry.MustRegister(t.waiting, t.waited, t.refused, t.storeUp)
}

// Waits counts the calls that wait for a budget. With it Telemetry is a budget.Meter.
func (t *Telemetry) Waits(g budget.Group, more int) {
	t.waiting.WithLabelValues(string(g)).Add(float64(more))
}

// Waited counts one call that has had its turn.
func (t *Telemetry) Waited(g budget.Group, d time.Duration) {
	t.waited.WithLabelValues(string(g)).Observe(d.Seconds())
}

// Refused counts one call that was not sent for want of budget.
func (t *Telemetry) Refused(g budget.Group) { t.refused.WithLabelValues(string(g)).Inc() }

// StoreUp tells whether the store of the budgets is to be had.
func (t *Telemetry) StoreUp(up bool) {
	t.storeUp.Set(0)
	if up {
		t.storeUp.Set(1)
	}
}

// request counts one operation.
func (t *Telemetry) request(kind string, failed bool, took time.Duration) {
	outcome := "ok"
	if failed {
		outcome = "errors"
	}
	t.requests.WithLabelValues(kind, outcome).Inc()
	t.took.WithLabelValues(kind).Observe(took.Seconds())
}

// Describe and Collect make what is counted elsewhere a metric: unknown values, and what is
// remembered.
func (t *Telemetry) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{t.unmatched, t.answers, t.remembered, t.missed, t.subscribers, t.accounts, t.told} {
		ch <- d
	}
}

// Collect sends the counts of unknown values, and how much is remembered.
func (t *Telemetry) Collect(ch chan<- prometheus.Metric) {
	if t.cache != nil {
		size := t.cache()
		ch <- prometheus.MustNewConstMetric(t.answers, prometheus.GaugeValue, float64(size.Answers))
		ch <- prometheus.MustNewConstMetric(t.remembered, prometheus.GaugeValue, float64(size.Bytes))
		ch <- prometheus.MustNewConstMetric(t.missed, prometheus.CounterValue, float64(size.Misses))
	}
	if t.events != nil {
		s := t.events()
		ch <- prometheus.MustNewConstMetric(t.subscribers, prometheus.GaugeValue, float64(s.Subscribers))
		for _, state := range notify.States {
			ch <- prometheus.MustNewConstMetric(t.accounts, prometheus.GaugeValue, float64(s.States[state]), string(state))
		}
		for outcome, n := range s.Told {
			ch <- prometheus.MustNewConstMetric(t.told, prometheus.CounterValue, float64(n), string(outcome))
		}
	}
	for v, n := range model.Unknown.Snapshot() {
		ch <- prometheus.MustNewConstMetric(t.unmatched, prometheus.CounterValue, float64(n), v.Enum, v.Value)
	}
}

func (t *Telemetry) handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{})
}
