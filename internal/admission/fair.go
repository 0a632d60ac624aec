package admission

// waiter is an operation that waits. It is told once what becomes of it.
type waiter struct {
	who  string
	done chan error
}

// fair is a queue where persons take turns, each with their own first come first served:
// one that asks for a hundred things delays another by one.
type fair struct {
	lines map[string][]*waiter // none is empty
	turns []string             // whose turn it is, in order
	size  int
}

func newFair() fair { return fair{lines: map[string][]*waiter{}} }

func (f *fair) len() int { return f.size }

// takes says whether an operation of who would be let wait.
func (f *fair) takes(who string, room int) bool {
	return f.size < room || f.longest() > len(f.lines[who])+1
}

// longest is how many wait of the person of whom most do.
func (f *fair) longest() int {
	n := 0
	for _, line := range f.lines {
		n = max(n, len(line))
	}
	return n
}

// push lets an operation wait, if there is room for so many. When there is none it takes
// the place of the last of whoever has most there, if these are more than who would have;
// that one is refused.
func (f *fair) push(who string, room int) (w, refused *waiter) {
	if !f.takes(who, room) {
		return nil, nil
	}
	if f.size >= room {
		refused = f.drop()
	}
	w = &waiter{who, make(chan error, 1)}
	if len(f.lines[who]) == 0 {
		f.turns = append(f.turns, who)
	}
	f.lines[who] = append(f.lines[who], w)
	f.size++
	return w, refused
}

// drop takes out the last of whoever has most there.
func (f *fair) drop() *waiter {
	longest := f.longest()
	for _, line := range f.lines {
		if len(line) == longest && longest > 0 {
			w := line[longest-1]
			f.remove(w)
			return w
		}
	}
	return nil
}

// pop takes the next out; nil when there is none.
func (f *fair) pop() *waiter {
	if f.size == 0 {
		return nil
	}
	w := f.lines[f.turns[0]][0]
	who := w.who
	f.remove(w)
	if len(f.lines[who]) > 0 { // it has to wait for its next turn
		f.turns = append(f.turns[1:], who)
	}
	return w
}

// remove takes w out, and says whether it was there.
func (f *fair) remove(w *waiter) bool {
	line := f.lines[w.who]
	for i, other := range line {
		if other != w {
			continue
		}
		f.size--
		if len(line) > 1 {
			f.lines[w.who] = append(line[:i:i], line[i+1:]...)
			return true
		}
		delete(f.lines, w.who)
		for j, who := range f.turns {
			if who == w.who {
				f.turns = append(f.turns[:j:j], f.turns[j+1:]...)
				break
			}
		}
		return true
	}
	return false
}
