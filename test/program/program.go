// Package program runs the gateway as a process of its own, for tests that are about what
// the process does.
package program

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	// The program is built from these: results kept of its tests are stale when they change.
	_ "github.com/ringql/ringql/internal/config"
	_ "github.com/ringql/ringql/internal/gateway"
	_ "github.com/ringql/ringql/internal/sim"
)

// Program is the gateway under test, in front of a simulated RingCentral that limits no calls.
type Program struct {
	URL      string // without a slash at its end
	Upstream string // host and port of the simulator
	PID      int
}

var (
	up       = regexp.MustCompile(`msg="ringql is up".* url=(\S+)`)
	upstream = regexp.MustCompile(`msg="simulated RingCentral" url=http://(\S+)`)
)

// Start builds the program and runs it until the test ends, with the settings given as
// NAME=value and no others. The test fails when the program dies or says that it is at fault.
func Start(t testing.TB, env ...string) *Program {
	t.Helper()
	folder := t.TempDir()
	bin := filepath.Join(folder, "ringql")
	if out, err := exec.Command("go", "build", "-o", bin, "github.com/ringql/ringql").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		t.Fatal(err)
	}
	said := func() string {
		b, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	cmd := exec.Command(bin)
	cmd.Stderr = log
	cmd.Env = append([]string{"RINGQL_ADDR=127.0.0.1:0", "RINGQL_SIM_ADDR=127.0.0.1:0", "RINGQL_SIM_LIMITS=false"}, env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		blame(t, said())
	})
	for range 500 {
		if m := up.FindStringSubmatch(said()); m != nil {
			return &Program{URL: m[1], Upstream: upstream.FindStringSubmatch(said())[1], PID: cmd.Process.Pid}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("it does not come up: %s", said())
	return nil
}

// blame fails the test for what the program wrote about itself.
func blame(t testing.TB, log string) {
	t.Helper()
	if i := strings.Index(log, "\ngoroutine "); i >= 0 {
		t.Errorf("the program died: %.4000s", log[max(0, i-1000):])
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "level=ERROR") {
			t.Errorf("the program is at fault: %.1000s", line)
		}
	}
}

// Metrics reads the program's own metrics that have no labels.
func (p *Program) Metrics(t testing.TB, client *http.Client) map[string]float64 {
	t.Helper()
	resp, err := client.Get(p.URL + "/metrics")
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
	return v
}
