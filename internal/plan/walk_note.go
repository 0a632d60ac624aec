package plan

// noted is what is said of a node again and again while it is priced. Its arguments may be
// long, so it is made once.
type noted struct {
	args              map[string]any
	label, list, tail string
}

func (w *walk) noted(n *Node) *noted {
	s := w.notes[n]
	if s == nil {
		s = &noted{args: n.Args(w.vars)}
		w.notes[n] = s
	}
	return s
}

// args are n's, which are not to be changed.
func (w *walk) args(n *Node) map[string]any { return w.noted(n).args }

// label is the name of n with its arguments.
func (w *walk) label(n *Node) string {
	s := w.noted(n)
	if s.label == "" {
		s.label = n.Field + short(canonical(s.args))
	}
	return s.label
}

// listName is ListName.
func (w *walk) listName(n *Node) string {
	s := w.noted(n)
	if s.list == "" {
		filter, _ := s.args["filter"].(map[string]any)
		s.list = n.Field + short(canonical(filter))
	}
	return s.list
}

// labelOf is Label.
func (w *walk) labelOf(what string, n *Node) string { return what + w.tail(n) }

func (w *walk) tail(n *Node) string {
	if n.within == nil {
		return ""
	}
	s := w.noted(n)
	if s.tail == "" {
		own := ""
		if !rowFields[n.Field] {
			own = "/" + w.label(n)
		}
		s.tail = own + w.tail(n.within)
	}
	return s.tail
}
