package gateway_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

const (
	manySubscribers = 5000
	subscribersOf   = 500 // each person
	crowdVariable   = "RINGQL_TEST_CROWD"
)

// BenchmarkIdleSubscribers has 5,000 people wait for events, each over a socket of their own
// from another process, and prints what one of them takes of the gateway's memory, and how long
// it takes until an event has reached them all.
func BenchmarkIdleSubscribers(b *testing.B) {
	if os.Getenv(crowdVariable) != "" {
		crowd(b)
		return
	}
	e := newEventful(b, func(c *gateway.Config) { c.Log = slog.New(slog.DiscardHandler) })
	publish := func(id string) {
		ev := notify.Event{UUID: id, Kind: notify.Extension, Subject: id, Time: time.Now(), Body: []byte(`{"extensionId":"` + id + `","eventType":"Update","hints":["CompanyNumbers"]}`)}
		if _, err := e.bus.Publish(b.Context(), ownCompany, ev); err != nil {
			b.Fatal(err)
		}
	}
	tokens := make([]string, manySubscribers/subscribersOf)
	for i := range tokens {
		tokens[i] = e.sim.Token(sim.AdministratorID)
	}
	before, goroutines := memoryNow(), runtime.NumGoroutine()
	heard, stop := startCrowd(b, e.url, tokens)
	if got := <-heard; got != "there" {
		b.Fatal(got)
	}
	for i := 1; ; i++ { // until all are known to have subscribed
		publish(strconv.Itoa(i))
		select {
		case got := <-heard:
			if got != "subscribed" {
				b.Fatal(got)
			}
		case <-time.After(2 * time.Second):
			continue
		}
		break
	}
	time.Sleep(100 * time.Millisecond)
	b.ReportMetric(float64(memoryNow()-before)/manySubscribers, "B/subscriber")
	b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/manySubscribers, "goroutines/subscriber")
	var slowest time.Duration
	for i := range 5 {
		start := time.Now()
		publish(strconv.Itoa(1_000_000 + i))
		if got := <-heard; got != "all" {
			b.Fatal(got)
		}
		slowest = max(slowest, time.Since(start))
	}
	b.ReportMetric(slowest.Seconds()*1000, "ms-to-all")
	b.ReportMetric(0, "ns/op")
	if slowest > time.Second {
		b.Errorf("an event took %v to reach all", slowest)
	}
	stop()
}

// memoryNow is what the heap and the stacks take, without garbage.
func memoryNow() uint64 {
	var m runtime.MemStats
	for range 3 { // stacks shrink by half at a time
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// startCrowd starts the clients as a process of their own, and returns what they say.
func startCrowd(b *testing.B, url string, tokens []string) (heard <-chan string, stop func()) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkIdleSubscribers$", "-test.benchtime=1x")
	cmd.Env = append(os.Environ(), crowdVariable+"="+url+" "+strings.Join(tokens, " "))
	out, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := make(chan string, 10)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
		close(lines)
	}()
	return lines, func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
}

// crowd is the clients. It says when they are there, when each has been told something, and
// when each has been told of an event that is numbered from a million.
func crowd(b *testing.B) {
	given := strings.Fields(os.Getenv(crowdVariable))
	url, tokens := "ws"+strings.TrimPrefix(given[0], "http")+"/graphql", given[1:]
	var first, there sync.WaitGroup
	told := make(chan string, 4*manySubscribers)
	first.Add(manySubscribers)
	there.Add(manySubscribers)
	for i := range manySubscribers {
		if i%50 == 49 {
			time.Sleep(50 * time.Millisecond)
		}
		go func() {
			err := one(b.Context(), url, tokens[i%len(tokens)], there.Done, first.Done, told)
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(os.Stderr, "client", i, err)
			}
		}()
	}
	there.Wait()
	fmt.Fprintln(os.Stderr, "there")
	first.Wait()
	fmt.Fprintln(os.Stderr, "subscribed")
	heard := map[string]int{}
	for id := range told {
		if heard[id]++; heard[id] == manySubscribers {
			fmt.Fprintln(os.Stderr, "all")
		}
	}
}

// one is one client.
func one(ctx context.Context, url, token string, there, first func(), told chan<- string) error {
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return err
	}
	const query = "subscription { extensionChanged { id timestamp eventType extensionId rcId hints } }"
	for i, say := range []string{`{"type":"connection_init","payload":{"Authorization":"Bearer ` + token + `"}}`, subscribe("1", query)} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(say)); err != nil {
			return err
		}
		if i == 0 {
			if _, _, err := conn.Read(ctx); err != nil {
				return err
			}
		}
	}
	there()
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), `"UNAVAILABLE"`) { // too many have come at once
			time.Sleep(time.Second)
			if err := conn.Write(ctx, websocket.MessageText, []byte(subscribe("1", query))); err != nil {
				return err
			}
			continue
		}
		if _, id, ok := strings.Cut(string(text), `"rcId":"100000`); ok {
			told <- id[:1]
		}
		if first != nil {
			first()
			first = nil
		}
	}
}
