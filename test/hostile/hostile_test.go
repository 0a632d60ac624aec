// Package hostile sends the whole program what no client should: every file of corpus is
// one request and what must come back. No request may end the process, take more than a
// second of its time, be answered with a 5xx, or leave anything behind.
//
// A file is a txtar archive. Its comment says what is tried, and why it is harmless. A line
// that begins with BUG says what is wrong with the gateway; the answer is what it should be,
// and the case is sent with -bugs only.
//
//	request   the start line, headers, an empty line, the body. Lines of the head end with
//	          CRLF on the wire. Content-Length is added to a body, unless the head has one
//	          or a Transfer-Encoding.
//	query     text that {{query}} puts into the body as a JSON string.
//	frames    what is sent on a WebSocket once it is open, a line each; see frame.
//	answer    the status, headers it must have (a name without a value: must not have), an
//	          empty line, the body. JSON is compared as such, "*" stands for any value of
//	          it. "closed" for a status: the connection ends without an answer. Of a
//	          WebSocket the messages come a line each; see talk and enough.
//	then      further answers, to what followed the request on the same connection; after
//	          the last one the connection must end without another word.
//	patience  a time limit other than 10 s.
//
// All but the comment are text/templates, so that no file is large: see functions.
//
// To add a case, write all but the answer, run with -update, and read what is there now.
package hostile_test

import (
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/test/program"
)

var (
	update = flag.Bool("update", false, "rewrite answers that differ; read the diff")
	bugs   = flag.Bool("bugs", false, "send what is known to be answered wrongly, too")
)

const (
	leastCases = 200
	mostCPU    = time.Second // for one request
	mostMemory = 256 << 20   // resident, at any time; it takes 100 MB

	// What may be alive after a pass over the corpus that was not after the one before. The
	// garbage collector runs as in production (GOGC as the program sets it), so what it finds
	// differs by what is under way and how large stacks are, by up to half of this. Dozens
	// of the bodies have half a megabyte or more.
	mostKept = 2 << 20
)

// TestCorpus sends every file twice. The first pass fills the caches of documents; after
// the second there must be no more memory in use, goroutines or connections than before
// it, and the answers must be the same.
func TestCorpus(t *testing.T) {
	t.Parallel()
	cases := read(t)
	if len(cases) < leastCases {
		t.Errorf("%d cases, want %d", len(cases), leastCases)
	}
	cases = slices.DeleteFunc(cases, func(c *hostileCase) bool { return c.patient })
	p := program.Start(t, "RINGQL_MAX_RATE=0") // what is tried is what comes after it
	pass(t, p, cases)
	if *update || t.Failed() {
		return
	}
	before := settle(t, p)
	pass(t, p, cases)
	after := settle(t, p)
	open := connections(t, host(p))
	for range 50 { // connections are let go of after an answer
		if after.goroutines <= before.goroutines && open == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
		after.goroutines = look(t, p).goroutines
		open = connections(t, host(p))
	}
	if after.live > before.live+mostKept {
		t.Errorf("%d bytes are alive, %d before", after.live, before.live)
	}
	if after.goroutines > before.goroutines || open > 0 {
		t.Errorf("%d goroutines, %d before; %d open connections", after.goroutines, before.goroutines, open)
	}
	t.Logf("before the second pass %+v, after it %+v", before, after)
}

// TestPatience sends what takes its time to a program of its own, all at once.
func TestPatience(t *testing.T) {
	t.Parallel()
	p := program.Start(t, "RINGQL_MAX_RATE=0") // what is tried is what comes after it
	var all sync.WaitGroup
	for _, c := range read(t) {
		if c.patient {
			all.Go(func() { c.run(t, host(p)) })
		}
	}
	all.Wait()
	spent(t, p)
}

// pass sends every case.
func pass(t *testing.T, p *program.Program, cases []*hostileCase) {
	t.Helper()
	before, held := spent(t, p)
	for _, c := range cases {
		if c.bug != "" && !*bugs {
			continue
		}
		c.run(t, host(p))
		after, resident := spent(t, p) // the process is alive
		if d := after - before; d > mostCPU {
			t.Errorf("%s: took %s of the processor", c.name, d)
		}
		if resident > mostMemory && held <= mostMemory {
			t.Errorf("%s: %d MB of memory", c.name, resident>>20)
		}
		before, held = after, resident
	}
}

// TestBugs says which answers are known to be wrong: they are sent with -bugs only.
func TestBugs(t *testing.T) {
	for _, c := range read(t) {
		if c.bug != "" {
			t.Run(c.name, func(t *testing.T) { t.Skip(c.bug) })
		}
	}
}

// run sends the case, and reports what is wrong with the answer.
func (c *hostileCase) run(t *testing.T, addr string) {
	t.Helper()
	got, err := c.send(addr)
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
		return
	}
	wrong := c.compare(addr, got)
	switch {
	case wrong == "":
	case *update:
		c.rewrite(t, addr, got)
	default:
		t.Errorf("%s: %s", c.name, wrong)
	}
}

func read(t *testing.T) []*hostileCase {
	t.Helper()
	files, err := filepath.Glob("corpus/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cases := make([]*hostileCase, 0, len(files))
	for _, f := range files {
		c, err := parseFile(f)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if c.comment == "" || !strings.HasSuffix(strings.TrimSuffix(c.comment, ")"), ".") {
			t.Errorf("%s: does not say what is tried", f)
		}
		cases = append(cases, c)
	}
	return cases
}
