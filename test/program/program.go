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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	// The program is built from these: results kept of its tests are stale when they change.
	_ "github.com/ringql/ringql/internal/config"
	_ "github.com/ringql/ringql/internal/gateway"
	_ "github.com/ringql/ringql/internal/sim"
	_ "github.com/ringql/ringql/internal/wiring"
)

// Program is the gateway under test, in front of a simulated RingCentral that limits no calls
// unless its settings say another one.
type Program struct {
	URL      string // without a slash at its end
	Upstream string // host and port of the simulator; "" if it has none of its own
	PID      int

	t        testing.TB
	bin, log string
	env      []string
	forgiven []string
	cmd      *exec.Cmd
}

var (
	up       = regexp.MustCompile(`msg="ringql is up".* url=(\S+)`)
	upstream = regexp.MustCompile(`msg="simulated RingCentral" url=http://(\S+)`)
)

// Build builds the program, and returns where it is until the test ends.
func Build(t testing.TB) (bin string) {
	t.Helper()
	bin = filepath.Join(t.TempDir(), "ringql")
	if out, err := exec.Command("go", "build", "-o", bin, "github.com/ringql/ringql").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return bin
}

// Start builds the program and runs it until the test ends, with the settings given as
// NAME=value and no others. The test fails when the program dies or says that it is at fault.
func Start(t testing.TB, env ...string) *Program {
	t.Helper()
	return Run(t, Build(t), env...)
}

// Run is Start for a program that was built before.
func Run(t testing.TB, bin string, env ...string) *Program {
	t.Helper()
	p := &Program{t: t, bin: bin, log: filepath.Join(t.TempDir(), "log")}
	p.env = append([]string{"RINGQL_ADDR=127.0.0.1:0", "RINGQL_SIM_ADDR=127.0.0.1:0", "RINGQL_SIM_LIMITS=false"}, env...)
	t.Cleanup(func() {
		p.Kill()
		p.blame()
	})
	p.run()
	return p
}

// Forgive has lines of the log be no fault that contain one of these texts.
func (p *Program) Forgive(texts ...string) { p.forgiven = append(p.forgiven, texts...) }

// Kill ends the program at once, without a word.
func (p *Program) Kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// Stop asks the program to end, and waits until it has.
func (p *Program) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := p.cmd.Wait()
	p.cmd = nil
	return err
}

// Restart runs a program that has ended once more, at the same address.
func (p *Program) Restart() {
	p.t.Helper()
	p.env = append(p.env, "RINGQL_ADDR="+strings.TrimPrefix(p.URL, "http://"))
	p.run()
}

// Log is what the program has said so far.
func (p *Program) Log() string {
	p.t.Helper()
	b, err := os.ReadFile(p.log)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

func (p *Program) run() {
	p.t.Helper()
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	before := len(p.Log())
	p.cmd = exec.Command(p.bin)
	p.cmd.Stderr, p.cmd.Env = log, p.env
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	for range 500 {
		said := p.Log()[before:]
		if m := up.FindStringSubmatch(said); m != nil {
			if p.PID = p.cmd.Process.Pid; p.URL != m[1] { // once more at the same address, it may be read meanwhile
				p.URL = m[1]
			}
			if m := upstream.FindStringSubmatch(said); m != nil {
				p.Upstream = m[1]
			}
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("it does not come up: %s", p.Log())
}

// blame fails the test for what the program wrote about itself.
func (p *Program) blame() {
	p.t.Helper()
	log := p.Log()
	if i := strings.Index(log, "\ngoroutine "); i >= 0 {
		p.t.Errorf("the program died: %.4000s", log[max(0, i-1000):])
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "level=ERROR") && !slices.ContainsFunc(p.forgiven, func(text string) bool { return strings.Contains(line, text) }) {
			p.t.Errorf("the program is at fault: %.1000s", line)
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
