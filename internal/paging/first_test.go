package paging

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// What is announced is what is read first, and nothing is announced that is not read.
func TestFirstPage(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	size := func() *int {
		switch rng.IntN(4) {
		case 0:
			return nil
		case 1:
			return new(rng.IntN(4) - 2)
		}
		return new(rng.IntN(1100))
	}
	announced := 0
	for range 5000 {
		u := newUpstream(rng.IntN(1500))
		l := u.list()
		if rng.IntN(3) > 0 {
			l.Most = rng.IntN(1100)
		}
		args := Args{First: size(), Last: size()}
		if rng.IntN(3) > 0 {
			args.Last = nil
		}
		if rng.IntN(10) == 0 {
			args.After = new(cursor{list: tag("rows"), id: "0"}.String())
		}
		var first page
		fetch := l.Fetch
		l.Fetch = func(ctx context.Context, number, perPage int) (*rest.Page[int], error) {
			if first == (page{}) {
				first = page{number, perPage}
			}
			return fetch(ctx, number, perPage)
		}
		_, err := l.Slice(context.Background(), args)
		number, perPage, ok := FirstPage(args, l.Most)
		switch {
		case ok != (first != page{} && args.After == nil):
			t.Fatalf("%+v of at most %d: announced: %v, read: %v, %v", args, l.Most, ok, first, err)
		case ok && (page{number, perPage}) != first:
			t.Fatalf("%+v of at most %d: page %d of %d is announced, %v is read", args, l.Most, number, perPage, first)
		case ok:
			announced++
		}
	}
	t.Log(announced, "announced")
	if announced < 1000 {
		t.Errorf("%d announced", announced)
	}
}
