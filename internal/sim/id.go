package sim

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
)

// Ids are kept as numbers: whether JSON shows a number or a string differs by field and generation, and is a tag of the field.

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// parseID returns 0, which is no one's id, for anything but the canonical spelling of an id.
func parseID(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || formatID(n) != text {
		return 0
	}
	return n
}

// anyID reads an id of a request body, which may be a string or a number.
type anyID string

// UnmarshalJSON accepts both forms, and null for none.
func (id *anyID) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*id = anyID(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*id = anyID(number)
	return nil
}

// idSource makes ids like the upstream's: growing with gaps, all ending in the three digits of one data centre.
type idSource struct {
	last int64
	rng  *rand.Rand
}

func (s *idSource) next() int64 {
	s.last += 1 + s.rng.Int64N(20)
	return s.last*1000 + 8
}
