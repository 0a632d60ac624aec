// Package overload measures the program under more load than it can carry. It starts the
// program as users do, so that the load is made by another process.
package overload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ringql/ringql/test/program"
)

// The load is a screen of a company: cheap enough that many come in a second, and dear
// enough that refusing one costs little beside it.
const screen = `{ account { extensions(first: 500) { nodes { id name extensionNumber
	phoneNumbers(first: 5) { nodes { phoneNumber usageType } } devices(first: 5) { nodes { name } } } } } }`

// seconds is how long the parts of the measurement take: half as long for each number of
// clients, twice as long at half load. The last takes a minute.
const seconds = 15

// BenchmarkOverload finds out how much the gateway carries, and then asks five times as
// much of it for a minute. It prints ratios: what it still carries to what it can, and the
// 99th percentile of the time an admitted request takes to that at half load.
func BenchmarkOverload(b *testing.B) {
	for _, latency := range []string{"0s", "100ms"} {
		b.Run("upstream="+latency, func(b *testing.B) { overload(b, latency) })
	}
}

func overload(b *testing.B, latency string) {
	g := start(b, "RINGQL_SIM_LATENCY="+latency)
	closed(g, 8, 3*time.Second) // warm
	peak := 0.0
	for _, clients := range []int{4, 16, 64, 256} {
		rate := closed(g, clients, seconds*time.Second/2)
		b.Logf("%d clients: %.1f/s", clients, rate)
		peak = max(peak, rate)
	}
	half := open(g, peak/2, 2*seconds*time.Second)
	over := open(g, peak*5, time.Minute)
	if len(half.ok) == 0 || len(over.ok) == 0 || over.other > 0 || half.other > 0 {
		b.Errorf("errors that are no 503: %d at half load, %d beyond: %s", half.other, over.other, over.sample)
	}
	b.ReportMetric(peak, "peak/s")
	b.ReportMetric(over.rate()/peak, "goodput/peak")
	b.ReportMetric(over.p99().Seconds()/half.p99().Seconds(), "p99/p99@half")
	b.ReportMetric(float64(half.p99().Milliseconds()), "ms@half")
	b.ReportMetric(float64(over.refused)/over.took.Seconds(), "refused/s")
	b.ReportMetric(float64(half.refused)/half.took.Seconds(), "refused/s@half")
	b.ReportMetric(over.health.Seconds()*1000, "health-ms")
	b.ReportMetric(0, "ns/op")
}

// outcome is what became of the requests of one part.
type outcome struct {
	mu      sync.Mutex
	ok      []time.Duration
	refused int
	other   int
	sample  string
	took    time.Duration
	health  time.Duration // the slowest answer of /healthz
}

func (o *outcome) rate() float64 { return float64(len(o.ok)) / o.took.Seconds() }

func (o *outcome) p99() time.Duration {
	slices.Sort(o.ok)
	return o.ok[len(o.ok)*99/100]
}

func (o *outcome) add(status int, text []byte, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case status == http.StatusOK && !bytes.Contains(text, []byte(`"errors"`)):
		o.ok = append(o.ok, took)
	case status == http.StatusServiceUnavailable:
		o.refused++
	default:
		o.other++
		o.sample = fmt.Sprintf("%d %.200s", status, text)
	}
}

// gateway is the program under way, with a company of 500.
type gateway struct {
	*program.Program
	client *http.Client
	body   []byte
	asked  atomic.Int64
}

func start(t testing.TB, env ...string) *gateway {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": screen})
	if err != nil {
		t.Fatal(err)
	}
	return &gateway{
		Program: program.Start(t, append(env, "RINGQL_SIM_EXTENSIONS=500", "RINGQL_SIM_NUMBERS=1000", "RINGQL_MAX_CALLS=5000", "RINGQL_MAX_RATE=0")...),
		client:  &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 10_000}},
		body:    body,
	}
}

// ask sends one request; its time counts from when it was due. It says whether there was
// an answer. No two requests are the same: those would be one operation.
func (g *gateway) ask(o *outcome, due time.Time) bool {
	own := fmt.Appendf(nil, `{"extensions":{"n":%d},%s`, g.asked.Add(1), g.body[1:])
	resp, err := g.client.Post(g.URL+"/graphql", "application/json", bytes.NewReader(own))
	if err != nil {
		o.add(0, []byte(err.Error()), 0)
		return false
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		text = []byte(err.Error())
		resp.StatusCode = 0
	}
	o.add(resp.StatusCode, text, time.Since(due))
	return resp.StatusCode == http.StatusOK
}

// closed has some clients ask again as soon as they are answered, or a moment after they
// were refused, and returns how many answers there were in a second.
func closed(g *gateway, clients int, d time.Duration) float64 {
	var o outcome
	var all sync.WaitGroup
	end := time.Now().Add(d)
	for range clients {
		all.Go(func() {
			for time.Now().Before(end) {
				if !g.ask(&o, time.Now()) {
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
	}
	all.Wait()
	o.took = d
	return o.rate()
}

// open sends so many requests a second, whatever becomes of those before.
func open(g *gateway, perSecond float64, d time.Duration) *outcome {
	var o outcome
	var all sync.WaitGroup
	begin := time.Now()
	all.Go(func() { // is it said to be alive throughout?
		for time.Since(begin) < d {
			asked := time.Now()
			resp, err := g.client.Get(g.URL + "/healthz")
			if err != nil || resp.StatusCode != http.StatusOK {
				o.add(0, []byte("/healthz"), 0)
				return
			}
			_ = resp.Body.Close()
			o.health = max(o.health, time.Since(asked))
			time.Sleep(100 * time.Millisecond)
		}
	})
	for due := begin; due.Sub(begin) < d; due = due.Add(time.Duration(rand.ExpFloat64() / perSecond * float64(time.Second))) {
		time.Sleep(time.Until(due))
		all.Go(func() { g.ask(&o, due) })
	}
	o.took = time.Since(begin)
	all.Wait()
	return &o
}

// However much is asked at once, the program keeps to the memory it may use.
func TestMemory(t *testing.T) {
	const most = 256 << 20
	g := start(t, fmt.Sprintf("GOMEMLIMIT=%d", most))
	var o outcome
	var all sync.WaitGroup
	end := time.Now().Add(5 * time.Second)
	for range 200 {
		all.Go(func() {
			for time.Now().Before(end) {
				if !g.ask(&o, time.Now()) {
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
	}
	peak := 0.0
	for time.Now().Before(end) {
		time.Sleep(50 * time.Millisecond)
		m := g.Metrics(t, g.client)
		peak = max(peak, m["go_memstats_sys_bytes"]-m["go_memstats_heap_released_bytes"]) // as GOMEMLIMIT has it
	}
	all.Wait()
	if o.other > 0 || len(o.ok) < 10 || o.refused == 0 {
		t.Errorf("%d carried out, %d refused, %d else: %s", len(o.ok), o.refused, o.other, o.sample)
	}
	t.Logf("%d carried out, %d refused, %.0f MB at most", len(o.ok), o.refused, peak/(1<<20))
	if peak > most {
		t.Errorf("%.0f MB of memory, where %d MB may be used", peak/(1<<20), most>>20)
	}
}
