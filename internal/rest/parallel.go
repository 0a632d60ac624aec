package rest

import (
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// parallel is how many requests of one need are under way at once.
const parallel = 8

// InParallel calls f for each of 0 to n-1, a few at a time, and returns when all
// are done. A panic in f becomes one of the caller, who can recover from it: in a
// goroutine of its own it would end the process.
func InParallel(n int, f func(i int)) {
	var g errgroup.Group
	g.SetLimit(parallel)
	var once sync.Once
	var caught error
	for i := range n {
		g.Go(func() error {
			defer func() {
				if v := recover(); v != nil {
					once.Do(func() { caught = fmt.Errorf("panic: %v\n%s", v, debug.Stack()) })
				}
			}()
			f(i)
			return nil
		})
	}
	_ = g.Wait() // f has no error to give
	if caught != nil {
		panic(caught)
	}
}
