package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/rest"
)

const (
	// longestTwin is the longest body that is compared with those of others.
	longestTwin = 16 << 10
	// atOnce is within what time requests came together: a failure that has to do with
	// when one of them came is the others' too.
	atOnce = 100 * time.Millisecond
)

// twins are the requests that are carried out, to whom those that ask for the same are told
// to wait: a thousand screens of one person that are opened at once need not be a thousand
// operations, most of which are told to come again. Only who would be told the same if it were carried
// out on its own waits.
type twins struct {
	rest      *rest.Client
	telemetry *Telemetry
	most      int // that wait

	mu      sync.Mutex
	all     map[twinKey]*twin
	persons map[string]int // how many of all are a person's
	waiting int
}

func newTwins(cfg Config) *twins {
	return &twins{rest: cfg.REST, telemetry: cfg.Telemetry, most: cfg.Limits.InFlight, all: map[twinKey]*twin{}, persons: map[string]int{}}
}

// twinKey is who asks, and a sum of all that an answer depends on.
type twinKey struct {
	who string
	sum [sha256.Size]byte
}

// twin is one request that is carried out, and those that wait for its answer.
type twin struct {
	all    *twins
	key    twinKey
	sight  *rest.Sight
	began  time.Time
	cancel context.CancelFunc
	shares bool // somebody waits for the answer; set before that is written

	waiting int
	left    bool // whoever sent it has
	parted  bool
	done    chan struct{} // closed when the following is known
	answer  *twinAnswer   // nil when it is nothing for others
}

// twinAnswer is an answer as it is written.
type twinAnswer struct {
	status int
	header http.Header
	body   []byte
	failed bool
}

// may says whether a request of somebody may ask for what is being carried out.
func (t *twins) may(r *http.Request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.persons[auth.Key(r.Context())] > 0 && t.waiting < t.most && 0 <= r.ContentLength && r.ContentLength <= longestTwin
}

// keyOf returns the key of a request; false if it is one that is carried out in any case.
func keyOf(r *http.Request, body []byte) (twinKey, bool) {
	k := twinKey{who: auth.Key(r.Context())}
	if k.who == "" || len(body)+len(r.URL.RawQuery) > longestTwin || r.Header.Get(planWish.header) != "" || r.Header.Get(priorityWish.header) != "" {
		return k, false
	}
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.RawQuery, strings.Join(r.Header["Accept"], ","), strings.Join(r.Header["Accept-Encoding"], ","), r.Header.Get("Content-Type")} {
		_, _ = h.Write([]byte(part + "\x00"))
	}
	_, _ = h.Write(body)
	h.Sum(k.sum[:0])
	return k, true
}

// serve answers r with what is answered to another one that is being carried out, or carries
// it out.
func (t *twins) serve(w http.ResponseWriter, r *http.Request, body []byte, carryOut func(http.ResponseWriter, *http.Request, []byte) (*http.Request, error)) (*http.Request, error) {
	key, may := keyOf(r, body)
	if !may {
		return carryOut(w, r, body)
	}
	came := time.Now()
	one, r, own := t.join(r, key)
	if own {
		kept, whole := &twinWriter{ResponseWriter: w, w: one}, false
		defer func() { kept.end(whole) }()
		r, err := carryOut(kept, r, body)
		whole = true
		return r, err
	}
	a, err := one.wait(r.Context(), came)
	switch {
	case err != nil:
		return r, &fault{status: statusGone, code: codeTimeout, say: "The request was given up."}
	case a == nil:
		return carryOut(w, r, body)
	}
	a.write(w)
	eventFrom(r.Context()).joined()
	t.telemetry.request("query", a.failed, time.Since(came))
	t.telemetry.joined.Inc()
	return r, nil
}

type twinContextKey struct{}

func twinFrom(ctx context.Context) *twin {
	t, _ := ctx.Value(twinContextKey{}).(*twin)
	return t
}

// join has r wait for another one, or else be one that others wait for. Its context then lasts
// as long as anybody waits.
func (t *twins) join(r *http.Request, key twinKey) (*twin, *http.Request, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w := t.all[key]; w != nil {
		if w.sight.Holds() && t.waiting < t.most {
			w.waiting++
			t.waiting++
			return w, r, false
		}
		t.remove(w)
	}
	w := &twin{all: t, key: key, began: time.Now(), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	ctx, w.sight = t.rest.Watch(ctx)
	w.cancel = cancel
	t.all[key] = w
	t.persons[key.who]++
	context.AfterFunc(r.Context(), w.leave)
	return w, r.WithContext(context.WithValue(ctx, twinContextKey{}, w)), true
}

// remove has nobody join w any more. The twins are locked.
func (t *twins) remove(w *twin) {
	if t.all[w.key] != w {
		return
	}
	delete(t.all, w.key)
	if t.persons[w.key.who]--; t.persons[w.key.who] == 0 {
		delete(t.persons, w.key.who)
	}
}

// leave says that the client which sent w has left, or has its answer.
func (w *twin) leave() {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	w.left = true
	w.giveUp()
}

// giveUp ends w when nobody waits for it. The twins are locked.
func (w *twin) giveUp() {
	if w.left && w.waiting == 0 {
		w.all.remove(w)
		w.cancel()
	}
}

// wait returns the answer of w; nil if r is to be carried out on its own.
func (w *twin) wait(ctx context.Context, came time.Time) (*twinAnswer, error) {
	defer func() {
		w.all.mu.Lock()
		defer w.all.mu.Unlock()
		w.waiting--
		w.all.waiting--
		w.giveUp()
	}()
	select {
	case <-w.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if w.answer == nil || w.answer.failed && came.Sub(w.began) > atOnce {
		return nil, nil //nolint:nilnil // there is none for it
	}
	return w.answer, nil
}

// part says that nobody is to wait for w: what it comes to is its own.
func (w *twin) part() {
	if w == nil {
		return
	}
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	if w.all.remove(w); !w.parted {
		w.parted = true
		close(w.done)
	}
}

// share says that w's answer is written now, which is for those who wait as well.
func (w *twin) share(failed bool) {
	if w == nil {
		return
	}
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	w.all.remove(w)
	if w.waiting > 0 && !w.parted {
		w.shares, w.answer = true, &twinAnswer{status: http.StatusOK, failed: failed}
	}
}

// twinWriter keeps an answer that others wait for, so that they do not wait for the client
// that it is sent to as well.
type twinWriter struct {
	http.ResponseWriter
	w   *twin
	buf bytes.Buffer
}

func (t *twinWriter) WriteHeader(status int) {
	if !t.w.shares {
		t.ResponseWriter.WriteHeader(status)
		return
	}
	t.w.answer.status = status
}

func (t *twinWriter) Write(b []byte) (int, error) {
	if !t.w.shares {
		return t.ResponseWriter.Write(b)
	}
	return t.buf.Write(b)
}

// Flush is for the streaming transports.
func (t *twinWriter) Flush() {
	if !t.w.shares {
		_ = http.NewResponseController(t.ResponseWriter).Flush()
	}
}

// Unwrap is for http.ResponseController.
func (t *twinWriter) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// end gives the answer to those who wait for it, and to the client. One that was not written
// to its end is nobody's.
func (t *twinWriter) end(whole bool) {
	defer t.w.cancel()
	defer t.w.part()
	if !t.w.shares {
		return
	}
	a := t.w.answer
	if !whole {
		t.w.answer = nil
		return
	}
	a.header, a.body = t.Header().Clone(), t.buf.Bytes()
	t.w.part()
	t.ResponseWriter.WriteHeader(a.status)
	_, _ = t.ResponseWriter.Write(a.body)
}

// write answers a request that has waited. What the other one's answer says of its client,
// such as where that page is from, is not for this one.
func (a *twinAnswer) write(w http.ResponseWriter) {
	h := w.Header()
	for _, k := range []string{"Content-Type", "Content-Encoding", "Cache-Control"} {
		if v := a.header[k]; v != nil {
			h[k] = v
		}
	}
	for _, v := range a.header["Vary"] {
		if !slices.Contains(h["Vary"], v) {
			h.Add("Vary", v)
		}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) //nolint:gosec // as it was written to another one, with its Content-Type
}
