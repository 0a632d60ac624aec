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
	"github.com/ringql/ringql/internal/rest"
)

// Telemetry counts what the gateway does. One of it is made per process.
type Telemetry struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	took      *prometheus.HistogramVec
	calls     *prometheus.CounterVec
	upstream  *prometheus.HistogramVec
	unmatched *prometheus.Desc
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
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringql_upstream_calls_total", Help: "Calls to RingCentral, by operation, rate-limit group and status; 0 for none.",
		}, []string{"operation", "group", "status"}),
		upstream: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ringql_upstream_seconds", Help: "How long RingCentral took to answer, by operation.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2.5, 10),
		}, []string{"operation"}),
		unmatched: prometheus.NewDesc("ringql_unknown_enum_values_total",
			"Values of RingCentral's that the schema does not know, by enumeration.", []string{"enum", "value"}, nil),
	}
	t.registry.MustRegister(t.requests, t.took, t.calls, t.upstream, t,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return t
}

// Call counts one upstream call. It is what the observing link reports to. One that was
// spared is told in the log alone.
func (t *Telemetry) Call(ctx context.Context, c rest.Call) {
	eventFrom(ctx).call(c)
	if c.Spared() {
		return
	}
	t.calls.WithLabelValues(c.Operation.ID, string(c.Group), strconv.Itoa(c.Status)).Inc()
	t.upstream.WithLabelValues(c.Operation.ID).Observe(c.Duration.Seconds())
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

// Describe and Collect make the unknown values, which are counted elsewhere, a metric.
func (t *Telemetry) Describe(ch chan<- *prometheus.Desc) { ch <- t.unmatched }

// Collect sends the counts of unknown values.
func (t *Telemetry) Collect(ch chan<- prometheus.Metric) {
	for v, n := range model.Unknown.Snapshot() {
		ch <- prometheus.MustNewConstMetric(t.unmatched, prometheus.CounterValue, float64(n), v.Enum, v.Value)
	}
}

func (t *Telemetry) handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{})
}
