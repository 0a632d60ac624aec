package model

import (
	"maps"
	"sync"
)

// UnknownValue is an enumeration and a value of it that the schema does not know.
type UnknownValue struct{ Enum, Value string }

// Tally counts unknown values. It is one for the whole process, and the only
// state of its kind, because marshalers get neither a context nor a receiver.
type Tally struct {
	mu   sync.Mutex
	seen map[UnknownValue]int64
}

// Unknown counts values that the schema does not know, for the metrics.
var Unknown Tally

// mostUnknown bounds what an upstream that invents values can make us hold.
const mostUnknown = 200

func (t *Tally) count(enum, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[UnknownValue]int64{}
	}
	if len(value) > 64 {
		value = value[:64]
	}
	k := UnknownValue{enum, value}
	if _, known := t.seen[k]; !known && len(t.seen) >= mostUnknown {
		k = UnknownValue{enum, "(others)"}
	}
	t.seen[k]++
}

// Snapshot returns the counts so far.
func (t *Tally) Snapshot() map[UnknownValue]int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.seen)
}
