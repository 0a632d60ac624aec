package hostile_test

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/test/program"
)

// host is where the program listens.
func host(p *program.Program) string { return strings.TrimPrefix(p.URL, "http://") }

// spent is how much of the processor the process has taken so far, and what it holds of
// memory now. It fails when the process is gone.
func spent(t *testing.T, p *program.Program) (cpu time.Duration, resident int) {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // behind the name
	f := strings.Fields(rest)
	if f[0] == "Z" {
		t.Fatal("the process is gone")
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	pages, _ := strconv.Atoi(f[21])
	return time.Duration(user+system) * tick, pages * os.Getpagesize()
}

// tick is the unit of processor time in /proc, the same on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// usage is what the process holds.
type usage struct {
	live       int // bytes that the last garbage collection found to be in use
	cycles     int // garbage collections so far
	goroutines int // without those of connections to the upstream
}

// perConnection is how many goroutines a connection to the simulator has: two of the client,
// and one of the simulator, which is in the same process. How many connections are kept for
// later use depends on how many calls happened to be under way at once.
const perConnection = 3

// client leaves no connection open, for open ones are counted.
var client = http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// look reads the process's own metrics.
func look(t *testing.T, p *program.Program) usage {
	t.Helper()
	v := p.Metrics(t, &client)
	return usage{
		// The collector starts next when the heap has grown by GOGC per cent.
		live:       int(v["go_memstats_next_gc_bytes"] / (1 + v["go_gc_gogc_percent"]/100)),
		cycles:     int(v["go_gc_duration_seconds_count"]),
		goroutines: int(v["go_goroutines"]) - perConnection*connections(t, p.Upstream),
	}
}

// settle makes work for the garbage collector until it has been round ten times, and
// returns what is in use then: pools are emptied by every second collection, and what a
// request under way holds is not counted by all of the others.
func settle(t *testing.T, p *program.Program) usage {
	t.Helper()
	first := look(t, p)
	body := `{"query":"{ __typename } #` + strings.Repeat("x", 100_000) + `"}` // too long to be kept
	least := math.MaxInt
	for range 1000 {
		u := look(t, p)
		if u.cycles > first.cycles+2 {
			least = min(least, u.live)
		}
		if u.cycles >= first.cycles+10 {
			u.live = least
			return u
		}
		for range 10 {
			resp, err := client.Post(p.URL+"/graphql", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
	t.Fatalf("the garbage collector does not run: %+v", look(t, p))
	return usage{}
}

// connections counts those whose local end is addr, but for ended ones that the system
// remembers for a while.
func connections(t *testing.T, addr string) (n int) {
	t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(addr, ":")
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	local := fmt.Sprintf(":%04X", number)
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line) // number, local, remote, state; 06 is TIME_WAIT, 0A LISTEN
		if strings.HasSuffix(f[1], local) && f[3] != "06" && f[3] != "0A" {
			n++
		}
	}
	return n
}
