package cluster_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/rest"
)

// office is an upstream with two accounts, which counts reads. Answers are remembered for
// longer than any test takes.
type office struct{ reads atomic.Int64 }

func (o *office) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"id":7}`
	if r.Method == http.MethodGet {
		o.reads.Add(1)
		account := 1
		if r.Context().Value(who{}) == "a stranger" {
			account = 2
		}
		body = fmt.Sprintf(`{"id":%d,"uri":"https://upstream/restapi/v1.0/account/%d"}`, account, account)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

// member returns a replica with a client of its own, in front of o.
func member(t *testing.T, o *office, url string) (*cluster.Replica, *rest.Client) {
	t.Helper()
	r, err := cluster.Join(cluster.Config{URL: url, Log: slog.New(slog.DiscardHandler)}, budget.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, r.Follow(rest.New(rest.Config{
		Generation: rest.OnlyV1, Transport: o, Cache: rest.CacheConfig{TTL: time.Hour}, Changes: r.Tell,
		Who: func(ctx context.Context) string { return fmt.Sprint(ctx.Value(who{})) },
	}))
}

type who struct{}

// asks says whether a read by a person goes upstream.
func (o *office) asks(t *testing.T, c *rest.Client, person string) bool {
	t.Helper()
	before := o.reads.Load()
	if _, err := c.ReadAccountInfo(context.WithValue(t.Context(), who{}, person), rest.Own); err != nil {
		t.Fatal(err)
	}
	return o.reads.Load() > before
}

// eventually is for what has to travel through Redis.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// settled has c remember what a person reads, once it hears of changes.
func (o *office) settled(t *testing.T, c *rest.Client, persons ...string) {
	t.Helper()
	quiet := 0
	eventually(t, "nothing is remembered", func() bool {
		quiet++
		for _, p := range persons {
			if o.asks(t, c, p) {
				quiet = 0
			}
		}
		return quiet > 20 // for a fifth of a second
	})
}

// change has me change a number.
func change(t *testing.T, c *rest.Client) {
	t.Helper()
	ctx := context.WithValue(t.Context(), who{}, "me")
	if _, err := c.ReassignPhoneNumber(ctx, rest.PhoneNumberID{Key: rest.Key{Account: rest.Own, RCID: "7"}}, rest.Assignment{}); err != nil {
		t.Fatal(err)
	}
}

// A change made through one replica is seen by whoever reads the account through another;
// those of another account are left alone.
func TestChangeThroughAnotherReplica(t *testing.T) {
	server, o := redistest.Start(t), &office{}
	_, here := member(t, o, server.URL)
	_, there := member(t, o, server.URL)
	o.settled(t, here, "me")
	o.settled(t, there, "me", "a colleague", "a stranger")
	change(t, here)
	for _, person := range []string{"me", "a colleague"} {
		eventually(t, person+" is given what was read before", func() bool { return o.asks(t, there, person) })
	}
	if o.asks(t, there, "a stranger") {
		t.Error("what is remembered of another account is dropped too")
	}
	o.settled(t, there, "me", "a colleague")
}

// What was told while Redis was away is not known when it is back: everything is dropped.
func TestRedisIsBack(t *testing.T) {
	server, o := redistest.Start(t), &office{}
	_, here := member(t, o, server.URL)
	_, there := member(t, o, server.URL)
	o.settled(t, here, "me")
	o.settled(t, there, "me")
	server.Stop()
	change(t, here)
	if o.asks(t, there, "me") {
		t.Error("a change was heard of without Redis")
	}
	server.Restart()
	eventually(t, "the change is not seen though Redis is back", func() bool { return o.asks(t, there, "me") })
	o.settled(t, here, "me")
	o.settled(t, there, "me")
	change(t, here)
	eventually(t, "changes are not heard of any more", func() bool { return o.asks(t, there, "me") })
}

// What is told while a replica has lost its connection, which Redis does not know of, is not
// missed.
func TestConnectionIsLost(t *testing.T) {
	server, o := redistest.Start(t), &office{}
	_, here := member(t, o, server.URL)
	_, there := member(t, o, server.URL)
	o.settled(t, here, "me")
	o.settled(t, there, "me")
	if err := server.Client().Do(t.Context(), "CLIENT", "KILL", "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	change(t, here)
	eventually(t, "the change is not seen", func() bool { return o.asks(t, there, "me") })
}

// A change that could not be told, though the others were connected all the time, is made
// known when it can be.
func TestUntoldChange(t *testing.T) {
	server, o := redistest.Start(t), &office{}
	_, here := member(t, o, server.URL)
	_, there := member(t, o, server.URL)
	o.settled(t, here, "me")
	o.settled(t, there, "me")
	rdb := server.Client()
	for _, rule := range []string{"-publish", "+publish"} {
		if err := rdb.Do(t.Context(), "ACL", "SETUSER", "default", rule).Err(); err != nil {
			t.Fatal(err)
		}
		if rule == "-publish" {
			change(t, here)
		}
	}
	if o.asks(t, there, "me") {
		t.Fatal("it was told")
	}
	other, _ := member(t, o, server.URL)
	other.Tell(t.Context(), rest.Change{Person: "somebody", Account: "2"}) // so that the first one wakes
	eventually(t, "the change is not seen", func() bool { return o.asks(t, there, "me") })
}

// Whatever cannot be read may be about anything.
func TestNoticeOfAnotherVersion(t *testing.T) {
	server, o := redistest.Start(t), &office{}
	_, c := member(t, o, server.URL)
	for _, text := range []string{"", "{}", "null", "[", `{"From":1}`, `{"Change":{"Person":"x","Account":"2"}}`} {
		o.settled(t, c, "me")
		if err := server.Client().Publish(t.Context(), "ringql:changes", text).Err(); err != nil {
			t.Fatal(err)
		}
		eventually(t, fmt.Sprintf("%q drops nothing", text), func() bool { return o.asks(t, c, "me") })
	}
}
