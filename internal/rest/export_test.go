package rest

import (
	"fmt"
	"reflect"
	"strings"
)

// Remembered renders all that c remembers, to the last bit, by what it was asked for.
func (c *Client) Remembered() map[string]string {
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	out := map[string]string{}
	for _, s := range c.cache.people.Values() {
		for _, k := range s.entries.Keys() {
			e, _ := s.entries.Peek(k)
			var b strings.Builder
			render(&b, reflect.ValueOf(e.value))
			out[fmt.Sprint(k.who, k.op.ID, k.path, k.query, k.part, e.expiry.UnixNano())] = b.String()
		}
	}
	return out
}

// RaceEnabled says whether tests run with the race detector.
const RaceEnabled = raceEnabled

func render(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil;")
			return
		}
		render(b, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() { //nolint:modernize // as in held
			render(b, v.Field(i))
		}
	case reflect.Slice:
		fmt.Fprintf(b, "%v %d:", v.IsNil(), v.Len())
		for i := range v.Len() {
			render(b, v.Index(i))
		}
	default:
		fmt.Fprintf(b, "%v;", v)
	}
}
