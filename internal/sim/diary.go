package sim

import (
	"reflect"
	"slices"
)

// diary notes what a change of the company touches, as it was before. What is told of the change is found by comparing, so that a
// handler has nothing to say about events, and none can forget to. A nil diary notes nothing.
type diary struct {
	touched []before // in order
	noted   map[any]bool
}

// before is a number or an extension as it was. The copies share nothing that changes.
type before struct {
	number       *phoneNumber
	extension    *extension
	wasThere     bool
	wasNumber    phoneNumber
	wasExtension extension
}

func newDiary() *diary { return &diary{noted: map[any]bool{}} }

// touch notes a number that is about to change, and with it the extension that it belongs to.
func (co *company) touch(p *phoneNumber) {
	if co.diary == nil {
		return
	}
	co.touchExtension(p.owner)
	if co.diary.noted[p] {
		return
	}
	co.diary.noted[p] = true
	co.diary.touched = append(co.diary.touched, before{number: p, wasThere: co.number[p.id] == p, wasNumber: *p})
}

// touchExtension notes an extension that is about to change.
func (co *company) touchExtension(e *extension) {
	if co.diary == nil || e == nil || co.diary.noted[e] {
		return
	}
	was := *e
	was.numbers, was.members, was.queues = slices.Clone(e.numbers), slices.Clone(e.members), slices.Clone(e.queues)
	co.diary.noted[e] = true
	co.diary.touched = append(co.diary.touched, before{extension: e, wasThere: co.extension[e.id] == e, wasExtension: was})
}

// close returns what was noted, and begins anew.
func (d *diary) close() []before {
	out := d.touched
	if out != nil {
		*d = *newDiary()
	}
	return out
}

// unlock ends a change of the company: whoever wants to know is told of it first.
func (s *Server) unlock() {
	defer s.mu.Unlock()
	touched := s.company.diary.close()
	changed := map[*phoneNumber]bool{}
	for _, p := range touched {
		changed[p.number] = p.number != nil && differ(*p.number, p.wasNumber)
	}
	for _, p := range touched {
		if p.number != nil {
			s.tellNumber(p, changed[p.number])
		} else {
			s.tellExtension(p, changed)
		}
	}
}

// differ compares what reads show of a number.
func differ(a, b phoneNumber) bool {
	providers := (a.provider == nil) != (b.provider == nil) || a.provider != nil && *a.provider != *b.provider
	a.provider, b.provider, a.used = nil, nil, b.used
	return providers || a != b
}

// tellNumber tells of numbers of the contact centre alone: there are no events about others. A number that has been something else
// before is not created when it becomes one.
func (s *Server) tellNumber(p before, changed bool) {
	isThere := s.company.number[p.number.id] == p.number
	was := p.wasThere && p.wasNumber.usage == contactCenter
	is := isThere && p.number.usage == contactCenter
	switch {
	case is && was:
		if changed {
			s.raiseNumber("Updated", *p.number)
		}
	case is && p.wasThere && p.wasNumber.used:
		s.raiseNumber("Updated", *p.number)
	case is:
		s.raiseNumber("Created", *p.number)
	case was && isThere:
		s.raiseNumber("Updated", p.wasNumber)
	case was:
		s.raiseNumber("Deleted", p.wasNumber)
	}
}

func (s *Server) tellExtension(p before, changed map[*phoneNumber]bool) {
	e := p.extension
	switch isThere := s.company.extension[e.id] == e; {
	case isThere && !p.wasThere:
		s.raiseExtension(e, "Create", nil)
	case isThere:
		if hints := p.hints(changed); hints != nil {
			s.raiseExtension(e, "Update", hints)
		}
	case p.wasThere:
		s.raiseExtension(e, "Delete", nil)
	}
}

// hints says what of an extension has changed. AccountStatus is taken to be about the status of an extension. There is none for forwarding numbers, blocked callers, devices and groups: which of the
// documented ones would be about those, if any, nothing says.
func (p before) hints(changed map[*phoneNumber]bool) (out []string) {
	was, is := p.wasExtension, *p.extension
	relabelled := func(n *phoneNumber) bool { return changed[n] }
	for _, h := range []struct {
		name string
		on   bool
	}{
		{"AccountStatus", was.status != is.status},
		{"CallQueueMembersChange", !slices.Equal(was.members, is.members)},
		{"CompanyNumbers", !slices.Equal(was.numbers, is.numbers) || slices.ContainsFunc(is.numbers, relabelled)},
		{"ExtensionInfo", !slices.Equal(was.queues, is.queues) || !reflect.DeepEqual(was.shown(), is.shown())},
		{"Permissions", was.admin != is.admin || was.role != is.role || was.domestic != is.domestic},
	} {
		if h.on {
			out = append(out, h.name)
		}
	}
	return out
}

// shown returns e with what the read of one extension shows of its own, and nothing else.
func (e extension) shown() extension {
	e.numbers, e.devices, e.forwarding, e.members, e.queues = nil, nil, nil, nil, nil
	e.blocking, e.group = callerBlocking{}, group{}
	if e.kind == "Department" {
		settings := e.asQueue() // or the usual ones would differ from none
		e.queue = &settings
	}
	return e
}
