package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/notify"
)

const (
	// bells is the channel where it is told which account has new entries.
	bells = prefix + "events"
	// headLife is for how long it is known where a log without new entries ended. Who comes
	// back later than that is told that some may be missing.
	headLife = 30 * 24 * time.Hour
	// mostAtOnce and mostBytes bound what is written in one step: Redis does nothing else
	// meanwhile.
	mostAtOnce = 200
	mostBytes  = 1 << 20
)

// Bus is a notify.Bus in Redis (6.2 or newer), for all replicas. It is safe for concurrent
// use. While Redis is away calls fail at once. After an error some events may have been
// written; to publish them again is safe.
//
// What belongs to an account is in five keys, each of which expires: the log is a stream, its
// head a hash with its era and the number of its last entry, and besides there are the uuids
// that are known, what was last said of each subject, and when. Whenever Redis may have
// lost the last entries (it is empty, or was started anew and has read what was on its disk)
// the log is of another era, so that whoever reads it learns of it. Redis should not be
// allowed to evict keys (maxmemory-policy noeviction): without the uuids, what RingCentral
// tells again is written again.
//
// The keys of an account have one hash tag, so that a Redis Cluster would have them in one
// place; all that it would need besides is a client for it, in dial.
type Bus struct{ *link }

// OpenBus returns where events are kept: in the Redis of cfg, else in the memory of this
// process.
func OpenBus(cfg Config) (notify.Bus, error) {
	if cfg.URL == "" {
		return notify.NewMemory(), nil
	}
	l, err := openLink(cfg)
	if err != nil {
		return nil, err
	}
	return &Bus{l}, nil
}

// keys are those of an account. Which one it is cannot be read from them.
func (b *Bus) keys(account string) []string {
	name := prefix + "events:{" + digest(account) + "}:"
	return []string{name + "log", name + "head", name + "uuids", name + "last", name + "ages"}
}

// common are the arguments that both scripts have.
func (b *Bus) common() []any {
	now := ""
	if b.cfg.Now != nil {
		now = strconv.FormatInt(b.cfg.Now().UnixMicro(), 10)
	}
	return []any{now, rand.Text()[:12], notify.EntryLife.Microseconds(), headLife.Milliseconds()}
}

// Publish implements notify.Bus. What is too much for one step is written in several.
func (b *Bus) Publish(ctx context.Context, account string, events ...notify.Event) (int, error) {
	written := 0
	for len(events) > 0 {
		n := step(events)
		args := append(b.common(), notify.MostEntries, notify.UUIDLife.Microseconds(), notify.MostUUIDs, bells, account)
		for _, e := range events[:n] {
			args = append(args, e.UUID, string(e.Kind), e.Time.UnixMicro(), e.Subject, []byte(e.Body))
		}
		err := b.ask(ctx, func(ctx context.Context) error {
			n, err := publish.Run(ctx, b.rdb, b.keys(account), args...).Int()
			written += n
			return err
		})
		if err != nil {
			return written, err
		}
		events = events[n:]
	}
	return written, ctx.Err()
}

// step returns how many events are written at once.
func step(events []notify.Event) int {
	n, size := 0, 0
	for n < min(len(events), mostAtOnce) && (n == 0 || size+len(events[n].Body) <= mostBytes) {
		size += len(events[n].Body)
		n++
	}
	return n
}

// Read implements notify.Bus.
func (b *Bus) Read(ctx context.Context, account string, from notify.Position, most int) (p notify.Page, err error) {
	err = b.ask(ctx, func(ctx context.Context) error {
		args := append(b.common(), from.Era, from.Number, most)
		answer, err := read.Run(ctx, b.rdb, b.keys(account), args...).Slice()
		if err == nil {
			p, err = page(answer)
		}
		return err
	})
	if err != nil {
		return notify.Page{}, err
	}
	return p, nil
}

var errAnswer = errors.New("redis: no part of a log")

// page reads the answer of the script.
func page(answer []any) (p notify.Page, err error) {
	if len(answer) != 4 {
		return p, errAnswer
	}
	era, _ := answer[0].(string)
	number, _ := answer[1].(int64)
	missing, _ := answer[2].(int64)
	entries, ok := answer[3].([]any)
	if era == "" || number < 0 || !ok {
		return p, errAnswer
	}
	p.End, p.Missing = notify.Position{Era: era, Number: uint64(number)}, missing != 0
	for _, e := range entries {
		one, err := entryOf(e)
		if err != nil {
			return notify.Page{}, err
		}
		one.Era = era
		p.Entries = append(p.Entries, one)
	}
	return p, nil
}

// entryOf reads an entry of the stream: its id, and names and values.
func entryOf(v any) (one notify.Entry, err error) {
	pair, _ := v.([]any)
	if len(pair) != 2 {
		return one, errAnswer
	}
	id, _ := pair[0].(string)
	digits, _, _ := strings.Cut(id, "-")
	if one.Number, err = strconv.ParseUint(digits, 10, 64); err != nil {
		return one, fmt.Errorf("%w: %w", errAnswer, err)
	}
	fields, _ := pair[1].([]any)
	for i := 0; i+1 < len(fields); i += 2 {
		name, _ := fields[i].(string)
		value, _ := fields[i+1].(string)
		setField(&one, name, value)
	}
	return one, nil
}

// setField sets what the stream calls name.
func setField(one *notify.Entry, name, value string) {
	switch name {
	case "uuid":
		one.UUID = value
	case "kind":
		one.Kind = notify.Kind(value)
	case "time":
		if at, err := strconv.ParseInt(value, 10, 64); err == nil {
			one.Time = time.UnixMicro(at).UTC()
		}
	case "subject":
		one.Subject = value
	case "body":
		one.Body = raw(value)
	case "before":
		one.Before = raw(value)
	}
}

func raw(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// Follow implements notify.Bus. Nothing depends on a bell that is heard: all may have new
// entries when it begins to listen again, and after a silence.
func (b *Bus) Follow(ctx context.Context, rang func(account string)) {
	e := ear{
		rdb: b.rdb, channel: bells, log: b.cfg.Log,
		refused: "Redis does not let this replica hear of events: they are not told",
		heard:   rang,
		missed:  func() { rang("") },
		woke: func(silent bool) {
			if silent {
				rang("")
			}
		},
	}
	e.follow(ctx)
}
