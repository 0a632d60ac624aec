package rest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// However what is remembered is spread over people, and whatever was asked for, it takes no
// more memory than it is counted for.
func TestWeightOfManyPeople(t *testing.T) {
	for _, tt := range []struct{ people, answers, query int }{{10_000, 1, 0}, {10_000, 4, 0}, {1, 10_000, 0}, {1, 1000, 20_000}} {
		c := newCache(CacheConfig{TTL: testTTL, Bytes: 1 << 30})
		before := heap()
		for p := range tt.people {
			for i := range tt.answers {
				who := fmt.Sprintf("bearer:%032d", p)
				k := readKey{who: who, op: readAccountInfo, path: fmt.Sprintf("/restapi/v1.0/account/123456789/extension/%d", i)}
				k.query = fmt.Sprint(i) + strings.Repeat("x", tt.query)
				c.put(k, &Account{MainNumber: "+15551234567"}, 10, view{person: who, account: "123456789"})
			}
		}
		if takes := heap() - before; takes > c.bytes || 2*takes < c.bytes {
			t.Errorf("%+v: it takes %d bytes, and is counted for %d", tt, takes, c.bytes)
		}
		runtime.KeepAlive(c)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkFootprint(b *testing.B) {
	p := &Page[Extension]{}
	for i := range MostPerPage {
		p.Records = append(p.Records, Extension{Name: fmt.Sprint(i)})
	}
	for b.Loop() {
		footprint(p)
	}
}
