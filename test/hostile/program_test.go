package hostile_test

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// program is the gateway under test, a process of its own.
type program struct {
	addr, upstream string
	pid            int
}

var (
	upLine       = regexp.MustCompile(`msg="ringql is up".* url=http://(\S+)`)
	upstreamLine = regexp.MustCompile(`msg="simulated RingCentral" url=http://(\S+)`)
)

// build builds the program once for all tests, into a folder that TestMain removes.
var build = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(folder, "ringql")
	if out, err := exec.Command("go", "build", "-o", bin, "../..").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w %s", err, out)
	}
	return bin, nil
})

var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "hostile"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// start runs the program in front of its simulator, which limits no calls:
// what one case spends is no other's worry.
func start(t *testing.T) *program {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin)
	cmd.Stderr = log
	cmd.Env = []string{"RINGQL_ADDR=127.0.0.1:0", "RINGQL_SIM_ADDR=127.0.0.1:0", "RINGQL_SIM_LIMITS=false"}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	text := func() string {
		b, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		all := text()
		if i := strings.Index(all, "\ngoroutine "); i >= 0 {
			t.Errorf("the program died: %.4000s", all[max(0, i-1000):])
		}
		for line := range strings.Lines(all) {
			if strings.Contains(line, "level=ERROR") {
				t.Errorf("the program is at fault: %.1000s", line)
			}
		}
	})
	for range 200 {
		if m := upLine.FindStringSubmatch(text()); m != nil {
			return &program{addr: m[1], upstream: upstreamLine.FindStringSubmatch(text())[1], pid: cmd.Process.Pid}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("it does not come up: %s", text())
	return nil
}

// spent is how much of the processor the process has taken so far, and what it holds of
// memory now. It fails when the process is gone.
func (p *program) spent(t *testing.T) (cpu time.Duration, resident int) {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
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
func (p *program) look(t *testing.T) usage {
	t.Helper()
	resp, err := client.Get("http://" + p.addr + "/metrics")
	if err != nil {
		t.Fatalf("the process is gone, or has no time: %v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	v := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			v[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return usage{
		// The collector starts next when the heap has grown by GOGC per cent.
		live:       int(v["go_memstats_next_gc_bytes"] / (1 + v["go_gc_gogc_percent"]/100)),
		cycles:     int(v["go_gc_duration_seconds_count"]),
		goroutines: int(v["go_goroutines"]) - perConnection*connections(t, p.upstream),
	}
}

// settle makes work for the garbage collector until it has been round ten times, and
// returns what is in use then: pools are emptied by every second collection, and what a
// request under way holds is not counted by all of the others.
func (p *program) settle(t *testing.T) usage {
	t.Helper()
	first := p.look(t)
	body := `{"query":"{ __typename } #` + strings.Repeat("x", 100_000) + `"}` // too long to be kept
	least := math.MaxInt
	for range 1000 {
		u := p.look(t)
		if u.cycles > first.cycles+2 {
			least = min(least, u.live)
		}
		if u.cycles >= first.cycles+10 {
			u.live = least
			return u
		}
		for range 10 {
			resp, err := client.Post("http://"+p.addr+"/graphql", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
	t.Fatalf("the garbage collector does not run: %+v", p.look(t))
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
