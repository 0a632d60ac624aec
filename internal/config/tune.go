package config

import (
	"math"
	"os"
	"runtime/debug"
)

// most is the memory that the process may use unless GOMEMLIMIT says otherwise, in bytes.
const most = 1 << 30

// Tune lets the heap grow further between collections, up to the memory limit, unless the
// environment says otherwise: a list of 100 extensions is answered 1.5 times as fast. The
// limit of the runtime is soft, and passed by a few percent under load; it is set a tenth
// lower than what is not to be passed.
func Tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	limit := debug.SetMemoryLimit(-1)
	switch {
	case os.Getenv("GOMEMLIMIT") == "":
		limit = most
	case limit == math.MaxInt64:
		return // it is said that there is none
	}
	debug.SetMemoryLimit(limit / 10 * 9)
}
