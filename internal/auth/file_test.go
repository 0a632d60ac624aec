package auth_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
)

func openFile(t *testing.T, path string) *auth.File {
	t.Helper()
	f, err := auth.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// What was stored is there after a restart, and nobody else may read it.
func TestFileSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "sessions")
	f := openFile(t, path)
	if done, err := f.Swap(t.Context(), "k", nil, []byte("v"), time.Minute); !done || err != nil {
		t.Fatal(done, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	f = openFile(t, path)
	if v, err := f.Load(t.Context(), "k"); string(v) != "v" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A second process is told that there is a first.
func TestFileIsOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions")
	openFile(t, path)
	if _, err := auth.OpenFile(path); err == nil || !strings.Contains(err.Error(), "another process has it") {
		t.Errorf("err = %v", err)
	}
}

func TestFileThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(path, "below"), t.TempDir()} {
		if _, err := auth.OpenFile(p); err == nil || !strings.Contains(err.Error(), "session file") {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// A file does not grow with those who have left.
func TestFileForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "sessions")
		f := openFile(t, path)
		value := []byte(strings.Repeat("x", 4096))
		size := func() int64 {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			return info.Size()
		}
		var first int64
		for day := range 6 {
			for i := range 30 {
				if done, err := f.Swap(t.Context(), string(rune('a'+day))+string(rune('a'+i)), nil, value, time.Hour); !done || err != nil {
					t.Fatal(done, err)
				}
			}
			if day == 1 {
				first = size()
			}
			time.Sleep(24 * time.Hour)
		}
		if last := size(); last > first {
			t.Errorf("%d bytes after two days, %d after six", first, last)
		}
	})
}
