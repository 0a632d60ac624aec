package rest

import "reflect"

// footprint is how many bytes of memory a decoded answer takes. It is counted and not
// guessed from the answer's length: a record that tells nothing but its id takes fifty
// times as much as it had as JSON.
func footprint(answer any) int64 { return held(reflect.ValueOf(answer)) }

// held is what v refers to.
func held(v reflect.Value) (n int64) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			n = int64(v.Elem().Type().Size()) + held(v.Elem())
		}
	case reflect.String:
		n = int64(v.Len())
	case reflect.Slice:
		n = int64(v.Cap()) * int64(v.Type().Elem().Size())
		for i := range v.Len() {
			n += held(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() { //nolint:modernize // Fields tells names and tags too, and is slower
			n += held(v.Field(i))
		}
	case reflect.Map:
		each := int64(v.Type().Key().Size() + v.Type().Elem().Size())
		for k, e := range v.Seq2() {
			n += 2*each + held(k) + held(e)
		}
	}
	return n
}
