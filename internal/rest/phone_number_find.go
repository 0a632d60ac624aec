package rest

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// FindPhoneNumbers looks for numbers, in E.164 form, among those of an account, and
// returns those that it has. v2 takes a pattern: a Heavy call for numbers that differ in
// their last three digits alone. Without, it takes one per 1,000 numbers of the account.
// Where a call fails, those found before are returned with its error.
func (c *Client) FindPhoneNumbers(ctx context.Context, account string, numbers []string) (map[string]*PhoneNumber, error) {
	type found = map[string]*PhoneNumber
	find := func(o *Operation, queries []url.Values) way[found] {
		return way[found]{o, func() (found, error) {
			s := &search{c: c, op: o, account: account, numbers: numbers, found: found{}}
			for _, q := range queries {
				if err := s.run(ctx, q); err != nil {
					return s.distinct(), err
				}
			}
			return s.distinct(), nil
		}}
	}
	var queries []url.Values
	for _, p := range patterns(numbers) {
		q := url.Values{}
		if p != "" {
			q.Set("phoneNumber", p)
		}
		queries = append(queries, q)
	}
	return either(ctx, c, account, find(listAccountPhoneNumbersV2, queries), find(listAccountPhoneNumbers, []url.Values{nil}))
}

// search is one way of FindPhoneNumbers.
type search struct {
	c       *Client
	op      *Operation
	account string
	numbers []string
	found   map[string]*PhoneNumber
}

// run reads the list that q narrows, until all numbers are found.
func (s *search) run(ctx context.Context, q url.Values) error {
	list := func(ctx context.Context, page, perPage int) (*Page[PhoneNumber], error) {
		return listNumbers(ctx, s.c, s.op, s.account, paged(maps.Clone(q), page, perPage))
	}
	if p := q.Get("phoneNumber"); p != "" && !strings.Contains(p, "*") {
		few, err := list(ctx, 1, 10)
		s.take(few)
		return err
	}
	for p, err := range Pages(ctx, (*PhoneNumber).RcID, list) {
		if err != nil {
			return err
		}
		if s.take(p); len(s.found) == len(s.numbers) {
			break
		}
	}
	return nil
}

// distinct returns what was found, less what has the id of another: a change of one
// would be of the other.
func (s *search) distinct() map[string]*PhoneNumber {
	times := map[string]int{}
	for _, n := range s.found {
		times[n.ID.RCID]++
	}
	maps.DeleteFunc(s.found, func(_ string, n *PhoneNumber) bool { return times[n.ID.RCID] > 1 })
	return s.found
}

// take files those records of p that are looked for. Older guides leave out the plus.
func (s *search) take(p *Page[PhoneNumber]) {
	if p == nil {
		return
	}
	for i := range p.Records {
		n := &p.Records[i]
		if number := "+" + strings.TrimPrefix(n.PhoneNumber, "+"); slices.Contains(s.numbers, number) {
			s.found[number] = n
		}
	}
}

const (
	// block is how many digits at the end make a page of numbers at most.
	block = 3
	// mostBlocks is how many blocks are looked through one by one.
	mostBlocks = 4
)

// patterns returns what numbers are looked for by: each block of them, as narrow as can
// be, or where these are many what all have in common.
func patterns(numbers []string) []string {
	blocks := map[string][]string{}
	for _, n := range numbers {
		k := n[:max(0, len(n)-block)]
		blocks[k] = append(blocks[k], n)
	}
	if len(blocks) > mostBlocks {
		return []string{pattern(numbers)}
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(blocks)) {
		out = append(out, pattern(blocks[k]))
	}
	return out
}

// pattern is what numbers have in common: their first digits, and a star for each digit
// that follows. Numbers of several lengths have none.
func pattern(numbers []string) string {
	first := numbers[0]
	same := len(first)
	for _, n := range numbers {
		if len(n) != len(first) {
			return ""
		}
		for same > 0 && n[:same] != first[:same] {
			same--
		}
	}
	return first[:same] + strings.Repeat("*", len(first)-same)
}
