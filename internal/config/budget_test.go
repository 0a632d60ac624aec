package config

import (
	"strings"
	"testing"
)

// A bad address of Redis is told by its name: it may hold a password.
func TestBudget(t *testing.T) {
	good := Budget{Light: 1, Medium: 1, Heavy: 1, Auth: 1, Waiting: 1, Unnamed: "person"}
	for _, url := range []string{"", "redis://127.0.0.1:6379", "rediss://user:secret@redis.example:6380/2"} {
		b := good
		if b.RedisURL = url; b.validate() != nil {
			t.Errorf("%q: %v", url, b.validate())
		}
	}
	for _, url := range []string{"http://:secret@host", "secret", "redis://", "redis://:secret@host:port", "redis://:secret@%zz"} {
		b := good
		b.RedisURL = url
		if err := b.validate(); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "RINGQL_REDIS_URL") {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, others := range []float64{-0.1, 0.91, 2} {
		b := good
		if b.Others = others; b.validate() == nil {
			t.Errorf("%v is a share", others)
		}
	}
}
