package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// row is a record of a list that numbers its rows.
type row struct{ id int }

func (r *row) name() string { return fmt.Sprint(r.id) }

// pageOf returns rows [from, to) as page number.
func pageOf(number, from, to int) *Page[row] {
	p := &Page[row]{Paging: Paging{Page: number}}
	for i := from; i < to; i++ {
		p.Records = append(p.Records, row{i})
	}
	return p
}

func TestEnd(t *testing.T) {
	total := func(n int) *int { return &n }
	for _, tt := range []struct {
		name     string
		rows     int
		total    *int
		more     bool // whether navigation names a next page
		nav      bool
		number   int // what the page says; zero: nothing
		applied  int
		end, bad bool
	}{
		{"short, nothing said", 3, nil, false, false, 1, 0, true, false},
		{"full, nothing said", 10, nil, false, false, 1, 0, false, false},
		{"full, the total says that it is the last", 10, total(10), false, false, 1, 0, true, false},
		{"full, navigation says that it is the last", 10, nil, false, true, 1, 0, true, false},
		{"full, the total says more", 10, total(11), false, false, 1, 0, false, false},
		{"past the end", 0, total(0), false, false, 0, 0, true, false},
		{"smaller pages applied", 5, total(11), true, true, 1, 5, false, false},
		{"another page", 10, nil, false, false, 2, 0, false, true},
		{"too many rows", 11, nil, false, false, 1, 0, false, true},
		{"short, though the total says more", 3, total(11), false, false, 1, 0, false, true},
		{"short, though a next page is named", 3, nil, true, true, 1, 0, false, true},
		{"more rows than in all", 10, total(3), false, false, 1, 0, false, true},
		{"a total below zero", 0, total(-1), false, false, 1, 0, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pageOf(tt.number, 0, tt.rows)
			p.Paging.TotalElements, p.Paging.PerPage = tt.total, tt.applied
			if tt.nav {
				p.Navigation = &Navigation{}
			}
			if tt.more {
				p.Navigation.NextPage = &struct{}{}
			}
			end, err := p.End(1, 10)
			if end != tt.end || (err != nil) != tt.bad || err != nil && !errors.Is(err, ErrInvalid) {
				t.Errorf("end %v, %v", end, err)
			}
		})
	}
}

// Pages reads every row of a list once, also where the upstream gives smaller pages
// than were asked for, and gives up on a list that has no end.
func TestPages(t *testing.T) {
	read := func(fetch func(number, perPage int) *Page[row]) (rows, calls int, err error) {
		for p, e := range Pages(t.Context(), (*row).name, func(_ context.Context, number, perPage int) (*Page[row], error) {
			calls++
			return fetch(number, perPage), nil
		}) {
			if e != nil {
				return rows, calls, e
			}
			rows += len(p.Records)
		}
		return rows, calls, nil
	}
	list := func(n, applied int) func(int, int) *Page[row] {
		return func(number, perPage int) *Page[row] {
			size := min(perPage, applied)
			p := pageOf(number, min((number-1)*size, n), min(number*size, n))
			p.Paging.PerPage = size
			return p
		}
	}
	for _, tt := range []struct{ rows, applied, calls int }{{0, 1000, 1}, {999, 1000, 1}, {1000, 1000, 2}, {2500, 1000, 3}, {250, 100, 3}} {
		if rows, calls, err := read(list(tt.rows, tt.applied)); rows != tt.rows || calls != tt.calls || err != nil {
			t.Errorf("%d rows by %d: %d rows, %d calls, %v", tt.rows, tt.applied, rows, calls, err)
		}
	}
	again := pageOf(0, 0, 1000)
	if _, calls, err := read(func(int, int) *Page[row] { return again }); !errors.Is(err, ErrInvalid) || calls != 2 {
		t.Errorf("the same page for ever: %d calls, %v", calls, err)
	}
	if _, calls, err := read(list(2_000_000, 1000)); !errors.Is(err, ErrInvalid) || calls != MostPages {
		t.Errorf("a list without an end: %d calls, %v", calls, err)
	}
}

// An answer that cannot be what was asked for is no answer: not an empty list, and
// not another object's record.
func TestAnswersThatMakeNoSense(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		call func(*Client) error
	}{
		"an empty body":         {``, func(c *Client) error { _, err := c.ReadAccountInfo(t.Context(), Own); return err }},
		"null for a list":       {`null`, list},
		"a list without rows":   {`{"paging":{"page":1}}`, list},
		"a row without an id":   {`{"records":[{"name":"John"}]}`, list},
		"another object's":      {`{"id":2}`, func(c *Client) error { return c.ReadExtensions(t.Context(), Own, []string{"1"})["1"].Err }},
		"an object without id":  {`{}`, func(c *Client) error { return c.ReadExtensions(t.Context(), Own, []string{"1"})["1"].Err }},
		"a write with no sense": {`[]`, func(c *Client) error { return write(t.Context(), c) }},
	} {
		t.Run(name, func(t *testing.T) {
			c := upstream(t, Config{Generation: OnlyV2}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(tt.body)) })
			err := tt.call(c)
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%v", err)
			}
			if lost := strings.HasPrefix(name, "a write"); errors.Is(err, ErrLost) != lost {
				t.Errorf("lost is %v: %v", !lost, err)
			}
		})
	}
	empty := upstream(t, Config{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"paging":{"totalElements":0}}`)) })
	if err := list(empty); err != nil {
		t.Errorf("a list that says that it is empty: %v", err)
	}
}

func list(c *Client) error {
	_, err := c.ListExtensions(context.Background(), Own, ExtensionFilter{}, 1, 10)
	return err
}

func write(ctx context.Context, c *Client) error {
	_, err := c.ReassignPhoneNumber(ctx, PhoneNumberID{Key{Own, "1"}}, Assignment{})
	return err
}

// Only the upstream's own word about the object itself says that it is gone.
func TestMissing(t *testing.T) {
	for body, want := range map[string]bool{
		`{"errors":[{"errorCode":"CMN-102","parameterName":"phoneNumberId"}]}`:                                            true,
		`{"errorCode":"CMN-102","message":"Resource for parameter [phoneNumberId] is not found"}`:                         true,
		`{"errorCode":"CMN-102","message":"Resource for parameter [accountId] is not found","parameterName":"accountId"}`: false,
		`{"errors":[{"errorCode":"CMN-120","message":"Invalid URI"}]}`:                                                    false,
		`<html>404</html>`: false,
		``:                 false,
	} {
		c := upstream(t, Config{}, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(body))
		})
		if err := c.ReadAccountPhoneNumbers(t.Context(), Own, []string{"1"})["1"].Err; Missing(err, "phoneNumberId") != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}
