package cluster

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
)

// silence is after how long Redis is asked whether it is there yet, and then taken to be
// away: a connection may be dead for long before anything says so.
const silence = 10 * time.Second

// ear hears what is told on a channel of Redis.
type ear struct {
	rdb     *redis.Client
	channel string
	log     *slog.Logger
	refused string            // is logged once when Redis does not let it listen
	heard   func(text string) // is told what was told
	missed  func()            // is told that what was told before is not known
	woke    func(silent bool) // is told first of whatever happens, and of silence
}

// follow listens until ctx ends.
func (e *ear) follow(ctx context.Context) {
	for said := false; ctx.Err() == nil; {
		err := e.listen(ctx)
		if refused, is := errors.AsType[redis.Error](err); is && !said {
			said = true
			e.log.Error(e.refused, "cause", refused)
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
		}
	}
}

// listen listens until the connection fails.
func (e *ear) listen(ctx context.Context) error {
	sub := e.rdb.Subscribe(ctx, e.channel)
	defer func() { _ = sub.Close() }()
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	for asked := false; ; {
		m, err := sub.ReceiveTimeout(ctx, silence)
		timeout, is := errors.AsType[net.Error](err)
		silent := is && timeout.Timeout()
		e.woke(silent)
		if silent && !asked {
			asked, err = true, sub.Ping(ctx)
		} else {
			asked = false
		}
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *redis.Subscription:
			e.missed()
		case *redis.Message:
			e.heard(m.Payload)
		}
	}
}
