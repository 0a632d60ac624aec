// Package model holds the Go shapes of what the schema adds to the upstream:
// connections, global ids, enumerations, inputs and payloads. Where a schema type
// has the upstream's shape, the rest package's struct is bound itself. It must
// not know how anything is fetched.
package model

import "github.com/ringql/ringql/internal/paging"

// Connection is a page of a list. Only what is selected is computed.
type Connection[T any] struct{ Slice *paging.Slice[T] }

// Edge is a row and its place in the list.
type Edge[T any] struct {
	slice *paging.Slice[T]
	i     int
}

// Cursor names the row.
func (e *Edge[T]) Cursor() string { return e.slice.Cursor(e.i) }

// Node is the row.
func (e *Edge[T]) Node() *T { return &e.slice.Rows[e.i] }

// Nodes are the rows.
func (c *Connection[T]) Nodes() []*T {
	nodes := make([]*T, len(c.Slice.Rows))
	for i := range nodes {
		nodes[i] = &c.Slice.Rows[i]
	}
	return nodes
}

// Edges are the rows with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] {
	edges, all := make([]*Edge[T], len(c.Slice.Rows)), make([]Edge[T], len(c.Slice.Rows))
	for i := range edges {
		all[i] = Edge[T]{c.Slice, i}
		edges[i] = &all[i]
	}
	return edges
}

// TotalCount is how long the whole list is; nil when the upstream does not tell.
func (c *Connection[T]) TotalCount() *int { return c.Slice.Total }

// PageInfo says which part of the list this is.
func (c *Connection[T]) PageInfo() *PageInfo {
	p := &PageInfo{HasNextPage: c.Slice.More, HasPreviousPage: c.Slice.From > 0}
	if n := len(c.Slice.Rows); n > 0 {
		start, end := c.Slice.Cursor(0), c.Slice.Cursor(n-1)
		p.StartCursor, p.EndCursor = &start, &end
	}
	return p
}
