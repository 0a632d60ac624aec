// Package budget keeps the gateway inside the upstream's rate limits: it counts
// what each person has spent in each group, learns the real limits from the
// answers, has calls wait for their turn, and sends nothing into a penalty. It
// knows HTTP requests and headers; it must not know tokens or the schema, nor of an
// operation more than what it is called, nor where a shared store keeps its books.
//
// What is left beside another program cannot all be used. One that calls evenly, r times a
// window, has the next whole number of calls in some windows, and that much is kept free: of
// the limit minus r that it leaves, limit minus that number is ours. With a third of every
// limit, that is 33 of 33⅓ Light calls (99 %), 26 of 26⅔ Medium (97.5 %) and 6 of 6⅔ Heavy
// (90 %); the first two windows, in which one call more is kept until it is known to be too
// much, cost a small limit another 2 %. The seventh Heavy call fits only between two calls
// of the other program, for 12 seconds of every 18. To send it means to bet on when the next
// one comes: a bet won brings two thirds of a call a minute, and one lost costs both programs
// a minute's ten, as many as a quarter of an hour of bets won. A penalty is not risked for that.
package budget

import (
	"errors"
	"fmt"
	"time"
)

// Group names a rate-limit budget of the upstream. What an answer calls by any
// other name than those below is not taken for one.
type Group string

// The groups of the upstream's usage plan. The limits are the vendor's
// examples; every app may have others, which the headers of the answers tell.
const (
	Light  Group = "light"  // 50 calls a minute
	Medium Group = "medium" // 40 calls a minute
	Heavy  Group = "heavy"  // 10 calls a minute
	Auth   Group = "auth"   // 5 calls a minute: token calls
)

// All lists the groups, cheapest first.
var All = []Group{Light, Medium, Heavy, Auth}

// defaultLimits hold until a setting or an answer has told better.
var defaultLimits = map[Group]int{Light: 50, Medium: 40, Heavy: 10, Auth: 5}

const defaultWindow = time.Minute

// ErrExhausted is the class of every refusal by a budget.
var ErrExhausted = errors.New("budget exhausted")

// Error reports a request that was not sent because its budget is spent or
// because the upstream has closed the group for a penalty.
type Error struct {
	Group      Group
	RetryAfter time.Duration // when its turn would come
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s budget exhausted, retry in %s", e.Group, e.RetryAfter.Round(time.Second))
}

// Is makes every Error an ErrExhausted.
func (e *Error) Is(target error) bool { return target == ErrExhausted }

// NotSent marks e as a refusal by the gateway itself: the upstream saw nothing.
func (e *Error) NotSent() {}
