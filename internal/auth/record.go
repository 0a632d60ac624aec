package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// facts is what is stored of a session and is no secret.
type facts struct {
	Version                int // counts up, so that what is newer can be told
	Owner, Account, Name   string
	Scopes                 []string
	Created, Used          time.Time
	Since, End, RefreshEnd time.Time // of the pair of tokens
	Over                   Reason    // why it serves no more; then there are no tokens
}

// record is what is stored of a session. It is not changed once it is stored.
type record struct {
	facts
	access, refresh, csrf Secret
}

// wire is the stored form of a record, for encode and decode alone: it shows all.
type wire struct {
	Facts                 facts
	Access, Refresh, CSRF string
}

func (r *record) encode() ([]byte, error) {
	return json.Marshal(wire{r.facts, r.access.Reveal(), r.refresh.Reveal(), r.csrf.Reveal()})
}

func decode(b []byte) (*record, error) {
	var w wire
	if json.Unmarshal(b, &w) != nil {
		return nil, errUnreadable
	}
	return &record{w.Facts, NewSecret(w.Access), NewSecret(w.Refresh), NewSecret(w.CSRF)}, nil
}

// take has r go on with the pair of g.
func (r *record) take(g *Grant) {
	r.access, r.refresh = g.access, g.refresh
	r.Since, r.End, r.RefreshEnd = g.since, g.end, g.refreshEnd
	if len(g.Scopes) > 0 {
		r.Scopes = g.Scopes
	}
}

// person is the key of whose session r is. What the app may do for them is part of it:
// what is remembered for a session that may see more must not reach one that may see less.
func (r *record) person(app string) string {
	scopes := slices.Clone(r.Scopes)
	slices.Sort(scopes)
	sum := sha256.Sum256([]byte(app + "\x00" + r.Owner + "\x00" + strings.Join(slices.Compact(scopes), " ")))
	return "session:" + hex.EncodeToString(sum[:16])
}

// same says whether r and o have the same pair of tokens.
func (r *record) same(o *record) bool {
	return r.access.Reveal() == o.access.Reveal() && r.Since.Equal(o.Since)
}

// ends returns when r ends at the latest, and when if it is not used.
func (s *Sessions) ends(r *record) (end, idle time.Time) {
	end, idle = r.Created.Add(s.cfg.Life), r.Used.Add(s.cfg.Idle)
	if last := r.RefreshEnd; r.refresh.Reveal() == "" {
		end = earlier(end, r.End)
	} else if !last.IsZero() {
		end = earlier(end, later(last, r.End))
	}
	return end, earlier(idle, end)
}

// over says why r serves no more; nil if it does.
func (s *Sessions) over(r *record) *Over {
	now := time.Now()
	end, idle := s.ends(r)
	switch {
	case r.Over != "":
		return &Over{r.Over}
	case !now.Before(end):
		return &Over{Old}
	case !now.Before(idle):
		return &Over{Idle}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
