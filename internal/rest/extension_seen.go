package rest

import (
	"reflect"
	"slices"

	"github.com/go-json-experiment/json"
)

// Empty says whether u changes nothing.
func (u ExtensionUpdate) Empty() bool { return reflect.ValueOf(u).IsZero() }

// shown is what of u can be read back.
func (u ExtensionUpdate) shown() ExtensionUpdate {
	u.Password, u.IVRPin, u.Transition = "", "", nil
	return u
}

// Visible says whether all of u can be read back.
func (u ExtensionUpdate) Visible() bool {
	return u.Password == "" && u.IVRPin == "" && !u.shown().Empty()
}

// SeenIn says whether e, which is whole, is as u would have it, as far as that can be read
// back.
func (u ExtensionUpdate) SeenIn(e *Extension) bool {
	asked, now := tree(u.shown()), tree(readable{Extension: *e})
	return asked != nil && within(asked, now)
}

// readable is an extension without what refers to others, which no update names.
type readable struct {
	Extension   `json:",embed"`
	ID          any `json:"id,omitzero"`
	Departments any `json:"departments,omitzero"`
}

// SeenIn says whether e, as lists tell it, may be what in makes: by its type, its number
// and who it is, or else what it is called and that nobody has it.
func (in ExtensionCreation) SeenIn(e *Extension) bool {
	if in.Contact == nil && (in.Name != nil && *in.Name != e.Name || (in.Status == "Unassigned") != (e.Status == "Unassigned")) {
		return false
	}
	kind := in.Type
	if kind == "" {
		kind = "User"
	}
	who := ExtensionContactInput{}
	if in.Contact != nil {
		who = ExtensionContactInput{FirstName: in.Contact.FirstName, LastName: in.Contact.LastName, Email: in.Contact.Email}
	}
	return ExtensionUpdate{Type: kind, ExtensionNumber: in.ExtensionNumber, Contact: &who}.SeenIn(e)
}

// Named says whether in says who or what is to be made, so that it can be told from
// another that has its number.
func (in ExtensionCreation) Named() bool { return in.Contact != nil || in.Name != nil }

// tree is v as JSON has it; nil if it has no form there.
func tree(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if json.Unmarshal(text, &out) != nil {
		return nil
	}
	return out
}

// within says whether now holds all that is asked: of an object every member, of a list
// every element somewhere.
func within(asked, now any) bool {
	switch asked := asked.(type) {
	case map[string]any:
		object, ok := now.(map[string]any)
		for name, v := range asked {
			ok = ok && within(v, object[name])
		}
		return ok
	case []any:
		list, ok := now.([]any)
		ok = ok && len(list) == len(asked)
		for _, v := range asked {
			ok = ok && slices.ContainsFunc(list, func(one any) bool { return within(v, one) })
		}
		return ok
	}
	return asked == now
}
