package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

const doomedFile, doomedUpstream, handleMark = "RINGQL_TEST_FILE", "RINGQL_TEST_UPSTREAM", "the handle is "

// A process that is killed when a new pair has come, and before it is stored, leaves its
// file to the next one, and the session goes on.
func TestKilledBetweenGotAndStored(t *testing.T) {
	s, err := sim.New(sim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(s)
	defer upstream.Close()
	file := filepath.Join(t.TempDir(), "sessions")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDoomed$", "-test.v")
	cmd.Env = append(os.Environ(), doomedFile+"="+file, doomedUpstream+"="+upstream.URL)
	out, _ := cmd.CombinedOutput()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("it was not killed: %s", out)
	}
	_, handle, _ := strings.Cut(string(out), handleMark)
	handle, _, _ = strings.Cut(handle, "\n")
	if calls := tokenCalls(s); calls != 2 {
		t.Fatalf("%d token calls before it was killed, want a sign-in and a refresh", calls)
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(61 * time.Minute)
		r := houseAt(t, file, upstream.URL).replica()
		start := time.Now()
		crowd(t, 20, handle, r)
		if took := time.Since(start); took > 21*time.Second {
			t.Errorf("who came then waited %s", took)
		}
	})
	if calls := tokenCalls(s); calls != 3 {
		t.Errorf("%d token calls, want one more", calls)
	}
}

func tokenCalls(s *sim.Server) int {
	return strings.Count(strings.Join(s.Calls(), "\n"), "POST /restapi/oauth/token")
}

// houseAt is a house with its sessions in a file and its upstream at an address.
func houseAt(t *testing.T, file, upstream string) *house {
	t.Helper()
	h := newHouse(t, openFile(t, file))
	where, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	direct := &http.Transport{DisableKeepAlives: true}
	h.way = roundTripper(func(r *http.Request) (*http.Response, error) {
		r.URL.Host = where.Host
		return direct.RoundTrip(r)
	})
	return h
}

// TestDoomed is the process that is killed.
func TestDoomed(t *testing.T) {
	file := os.Getenv(doomedFile)
	if file == "" {
		t.Skip("it is run by TestKilledBetweenGotAndStored")
	}
	synctest.Test(t, func(t *testing.T) {
		h := houseAt(t, file, os.Getenv(doomedUpstream))
		r := h.replica()
		handle := r.signIn(sim.AdministratorID)
		_, _ = os.Stdout.WriteString(handleMark + handle + "\n")
		time.Sleep(61 * time.Minute)
		h.came = func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }
		_, _ = r.get(t.Context(), handle)
	})
}
