package sim

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"
)

// webhook is the sink of a subscription that is told by POST requests. They are sent by one worker, in order; it starts when there is
// something to send, and ends when there is nothing left.
type webhook struct {
	server         *Server
	sub            *subscription
	address, token string

	// The rest is guarded by the lock of the subscriptions.
	jobs    []*job // the earliest first
	running bool
	wake    chan struct{} // has something in it when a job has come, or all are gone
}

// job is a delivery that waits for its time.
type job struct {
	delivery
	due   time.Time
	tries int
}

// maxJobs bounds the memory of one subscription whose webhook does not answer.
const maxJobs = 100_000

// webhookRetries are pauses that grow: the schedule is documented nowhere. In all they last as long as a webhook may fail.
func webhookRetries() []time.Duration {
	var out []time.Duration
	for _, seconds := range []time.Duration{1, 4, 10, 15, 30, 60, 120, 180, 180} {
		out = append(out, seconds*time.Second)
	}
	return out
}

func (s *Server) newWebhook(sub *subscription, token string) *webhook {
	return &webhook{server: s, sub: sub, address: sub.mode.Address, token: token, wake: make(chan struct{}, 1)}
}

func (h *webhook) tell(d delivery) { h.put(&job{delivery: d, due: time.Now()}) }

func (h *webhook) put(j *job) {
	m := &h.server.subscriptions
	if m.closed || len(h.jobs) == maxJobs {
		m.counts.Lost++
		return
	}
	at := sort.Search(len(h.jobs), func(i int) bool { return h.jobs[i].due.After(j.due) })
	h.jobs = slices.Insert(h.jobs, at, j)
	if !h.running {
		h.running = true
		m.workers.Go(h.run)
		return
	}
	h.rouse()
}

func (h *webhook) rouse() {
	select {
	case h.wake <- struct{}{}:
	default: // it has not woken up from the last time
	}
}

func (h *webhook) stop() {
	h.server.subscriptions.counts.Lost += len(h.jobs)
	h.jobs = nil
	h.rouse()
}

func (h *webhook) run() {
	for {
		j, pause := h.next(time.Now())
		switch {
		case j != nil:
			h.deliver(j)
		case pause == 0:
			return
		default:
			h.sleep(pause)
		}
	}
}

// next returns the delivery whose time has come, or how long that will take; neither when there is nothing left to do.
func (h *webhook) next(now time.Time) (j *job, pause time.Duration) {
	m := &h.server.subscriptions
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tidy(now)
	if !h.sub.black.IsZero() {
		h.stop()
	}
	if len(h.jobs) == 0 || m.closed {
		h.running = false
		return nil, 0
	}
	first := h.jobs[0]
	if due := latest(first.due, m.trouble.held); due.After(now) {
		return nil, due.Sub(now)
	}
	h.jobs = h.jobs[1:]
	m.counts.Made++
	return first, 0
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (h *webhook) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.wake:
	case <-h.server.live.Done():
	}
}

// deliver makes one attempt.
func (h *webhook) deliver(j *job) {
	header := http.Header{}
	switch {
	case j.forged:
		header.Set("Verification-Token", "forged")
	case h.token != "":
		header.Set("Verification-Token", h.token)
	}
	var body bytes.Buffer
	writeJSON(&body, j.padded())
	a, err := h.server.post(h.server.live, h.address, header, &body)
	h.settle(j, a.complaint(err))
}

// complaint says why a delivery has failed, in the words that the vendor's people quote; nothing if it has not.
func (a webhookReply) complaint(err error) string {
	switch {
	case err != nil && strings.Contains(err.Error(), context.DeadlineExceeded.Error()):
		return "I/O operation is failed. Details: [Read timed out]"
	case err != nil:
		return "I/O operation is failed. Details: [Connection failed]"
	case a.status != http.StatusOK:
		return fmt.Sprintf("Webhook responses with code: [%d], reason: [%s]", a.status, http.StatusText(a.status))
	case a.large:
		return fmt.Sprintf("Webhook response is larger than [%d] bytes", webhookAnswer)
	}
	return ""
}

// settle notes how an attempt ended. What failed is tried again after a longer pause each time, beside what comes later. A webhook
// that does nothing but fail for long enough is blacklisted.
func (h *webhook) settle(j *job, complaint string) {
	s, m, now := h.server, &h.server.subscriptions, time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case complaint == "":
		m.counts.Acknowledged++
		h.sub.failing = time.Time{}
		return
	case m.closed, j.forged: // an attacker's failure is nobody's
		return
	}
	m.counts.Failed++
	if h.sub.failing.IsZero() {
		h.sub.failing = now
	}
	if now.Sub(h.sub.failing) >= s.cfg.BlacklistAfter {
		h.sub.blacklist(now, complaint)
	}
	if !h.sub.black.IsZero() || !slices.Contains(m.all, h.sub) || j.tries == len(s.cfg.WebhookRetries) {
		m.counts.Lost++
		return
	}
	j.due = now.Add(s.cfg.WebhookRetries[j.tries])
	j.tries++
	h.put(j)
}
