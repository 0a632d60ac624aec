package paging

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
)

// near is how many neighbours on each side a cursor remembers.
const near = 3

// cursor names a row of a list: where it was, its id, and the ids of the rows
// around it, so that the place is found again even when the row itself has gone.
// It is opaque to clients, and holds nothing that could reach a path.
type cursor struct {
	list   uint32 // which list and filter it belongs to
	offset int
	id     string
	before []string // nearest first
	after  []string // nearest first
	side   side     // for a cursor whose own row has gone
}

// side says where a cursor's place is.
type side int

const (
	here   side = iota // at the row itself
	behind             // right behind the nearest row that was before it
	ahead              // right before the nearest row that was after it
)

// version is the first byte of every cursor.
const version = 1

// tag ties cursors to a list and its filter.
func tag(list string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(list)) // never fails
	return h.Sum32()
}

func (c cursor) String() string {
	b := make([]byte, 0, 64)
	b = append(b, version)
	b = binary.BigEndian.AppendUint32(b, c.list)
	b = binary.AppendUvarint(b, uint64(c.offset))
	b = append(b, byte(len(c.before)), byte(len(c.after)))
	b = appendID(b, c.id)
	for _, id := range c.before {
		b = appendID(b, id)
	}
	for _, id := range c.after {
		b = appendID(b, id)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// appendID writes id: a decimal number as such (even), other text with its
// length (odd).
func appendID(b []byte, id string) []byte {
	if n, err := strconv.ParseUint(id, 10, 63); err == nil && strconv.FormatUint(n, 10) == id {
		return binary.AppendUvarint(b, n<<1)
	}
	b = binary.AppendUvarint(b, uint64(len(id))<<1|1)
	return append(b, id...)
}

func parseCursor(s, list string) (cursor, bool) {
	c, ok := readCursor(s)
	return c, ok && c.list == tag(list)
}

// readCursor is parseCursor for a cursor of any list.
func readCursor(s string) (cursor, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 8 || len(b) > 1024 || b[0] != version {
		return cursor{}, false
	}
	c := cursor{list: binary.BigEndian.Uint32(b[1:])}
	b = b[5:]
	offset, n := binary.Uvarint(b)
	if n <= 0 || offset >= mostRows || len(b) < n+2 {
		return cursor{}, false
	}
	c.offset = int(offset)
	before, after := int(b[n]), int(b[n+1])
	b = b[n+2:]
	if before > near || after > near {
		return cursor{}, false
	}
	ids := make([]string, 0, 1+before+after)
	for range cap(ids) {
		id, rest, ok := cutID(b)
		if !ok {
			return cursor{}, false
		}
		ids, b = append(ids, id), rest
	}
	if len(b) > 0 {
		return cursor{}, false
	}
	c.id, c.before, c.after = ids[0], ids[1:1+before], ids[1+before:]
	return c, c.String() == s // numbers and base64 have several ways to write the same
}

func cutID(b []byte) (id string, rest []byte, ok bool) {
	v, n := binary.Uvarint(b)
	switch {
	case n <= 0:
		return "", nil, false
	case v&1 == 0:
		return strconv.FormatUint(v>>1, 10), b[n:], true
	case v>>1 > uint64(len(b)-n):
		return "", nil, false
	}
	end := n + int(v>>1)
	return string(b[n:end]), b[end:], true
}

// gap is a place in a list: the rows up to before come before it, those from
// after on come after it. The cursor's own row, if it is still there, is between.
type gap struct{ before, after int }

// shift moves g by n rows.
func (g gap) shift(n int) gap { return gap{g.before + n, g.after + n} }

// find looks for the cursor's place among ids, which are all rows of a list from
// its start and to its end, if so said. A neighbour stands in for a row that has
// gone, but only when it is sure that the row, and any nearer neighbour, is not
// just out of sight: there must be a neighbour on the other side, or nothing.
func (c cursor) find(ids []string, start, end bool) (g gap, sure bool) {
	if i := slices.Index(ids, c.id); i >= 0 {
		return gap{i, i + 1}, true
	}
	before, after := nearest(ids, c.before), nearest(ids, c.after)
	switch {
	case before >= 0 && (after > before || end || c.side == behind):
		return gap{before + 1, before + 1}, true
	case after >= 0 && (start || c.side == ahead):
		return gap{after, after}, true
	}
	return gap{}, false
}

// standIn returns a cursor to the same place by its nearest neighbour among ids, the
// rows from from on. Should a nearer one come into sight later, it is to be preferred.
func (c cursor) standIn(ids []string, from int) (cursor, bool) {
	i := nearest(ids, c.before)
	c.side = behind
	if i < 0 {
		i, c.side = nearest(ids, c.after), ahead
	}
	c.offset = from + i
	return c, i >= 0
}

// nearest returns where the first of names that is there stands in ids, else -1.
func nearest(ids, names []string) int {
	for _, name := range names {
		if i := slices.Index(ids, name); i >= 0 {
			return i
		}
	}
	return -1
}
