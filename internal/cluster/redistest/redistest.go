// Package redistest starts real Redis servers for tests. It must not know what is kept
// in them.
package redistest

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Server is a Redis server of its own, which keeps nothing on disk.
type Server struct {
	URL  string
	port string
	t    testing.TB
	cmd  *exec.Cmd
}

// Start returns a running server that ends with the test. Without a redis-server, which
// `make test` installs, the test is skipped.
func Start(t testing.TB) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no redis-server: test/tools.sh installs it")
		}
		t.Skip("no redis-server: test/tools.sh installs it")
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, port: strconv.Itoa(l.Addr().(*net.TCPAddr).Port)} //nolint:forcetypeassert // that is what a tcp listener has
	_ = l.Close()
	s.URL = "redis://127.0.0.1:" + s.port
	s.Restart()
	t.Cleanup(s.Stop)
	return s
}

// Restart starts a server that was stopped, at the same address and empty.
func (s *Server) Restart() {
	s.t.Helper()
	s.cmd = exec.CommandContext(context.Background(), "redis-server", "--save", "", "--appendonly", "no", "--port", s.port, "--bind", "127.0.0.1") //nolint:gosec // a port of ours
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out) // no clock is asked: the test's may be a pretend one
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			return
		}
	}
	s.t.Fatal("redis-server does not start")
}

// Stop ends the server: its connections are refused from now on.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Client returns a client of the server, for what no replica does.
func (s *Server) Client() *redis.Client {
	opts, err := redis.ParseURL(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	c := redis.NewClient(opts)
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// Hang has the server not answer, while its connections stay open, until the function
// that it returns is called.
func (s *Server) Hang() (resume func()) {
	_ = s.cmd.Process.Signal(syscall.SIGSTOP)
	return func() { _ = s.cmd.Process.Signal(syscall.SIGCONT) }
}
