package admission

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// memoryOfOne is what an operation may take as far as one knows beforehand, in bytes.
const memoryOfOne = 24 << 20

// How much of the memory that the process may use is taken, above which fewer operations
// are let in, and above which none is while another is under way.
const (
	roomy = 0.3
	full  = 0.7
)

// gauge reads how much of the memory limit is taken.
type gauge struct {
	limit     float64
	samples   []metrics.Sample
	known     float64
	at        time.Time
	collected time.Time
}

func newGauge() *gauge {
	return &gauge{limit: float64(debug.SetMemoryLimit(-1)), samples: []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}}
}

// read returns the part of the memory limit that was live when garbage was last collected,
// or is taken by goroutines now. If it is much, it has garbage collected, once in a second:
// left alone the runtime may not for minutes.
func (g *gauge) read() float64 {
	now := time.Now()
	if now.Sub(g.at) > 10*time.Millisecond {
		metrics.Read(g.samples)
		g.at, g.known = now, float64(g.samples[0].Value.Uint64()+g.samples[1].Value.Uint64())/g.limit
	}
	if g.known > roomy && now.Sub(g.collected) > time.Second {
		g.collected = now
		go runtime.GC()
	}
	return g.known
}
