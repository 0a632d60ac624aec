package bench

import (
	"net/url"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// listed are the fields of a number that only an extension's own list tells.
var listed = set("features", "rawFeatures", "country", "subType", "rawSubType")

// lacking are the fields of a number that a source leaves out, and the read by ids tells.
var lacking = map[string]map[string]bool{
	"v2":   set("location", "paymentType", "temporaryNumber", "vanityPattern"),
	"own":  set("temporaryNumber", "vanityPattern", "activationStatus"),
	"line": set("temporaryNumber", "vanityPattern", "activationStatus", "contactCenterProvider", "primary", "callerIdName"),
}

// ownList is the call for an extension's own list of numbers.
func ownList(id string) call { return call("listExtensionPhoneNumbers " + id) }

// number declares what a selection on numbers from a source needs.
func (o *oracle) number(sel ast.SelectionSet, rows []row, source string) {
	o.each(sel, "PhoneNumber", func(f *ast.Field) {
		switch {
		case lacking[source][f.Name]:
			o.reads("readAccountPhoneNumber", number, idsOf(rows))
		case f.Name == "extension" && source == "own":
			o.reads("readAccountPhoneNumber", owner, idsOf(rows))
		case f.Name == "country" && source == "line", !listed[f.Name], source == "own", source == "assigned":
		default:
			for id := range owned(rows) {
				o.problem.calls = append(o.problem.calls, ownList(id))
			}
		}
	})
	o.owners(sel, "PhoneNumber", rows, nil)
}

// owners declares what is needed of the owners of rows, of whom more than referred is told.
func (o *oracle) owners(sel ast.SelectionSet, typ string, rows []row, told map[string]bool) {
	o.each(sel, typ, func(f *ast.Field) {
		if f.Name == "extension" {
			var ids []string
			for id := range owned(rows) {
				ids = append(ids, id)
			}
			slices.Sort(ids)
			o.extension(f.SelectionSet, ids, told)
		}
	})
}

// assigned declares the ways to the numbers assigned to extensions: the account's list,
// all of it or what of it is asked for; or the own list of each, and their numbers by ids,
// to see whose they are.
func (o *oracle) assigned(f *ast.Field, ids []string) {
	if len(ids) == 0 {
		return
	}
	filter, all := o.filter(f), o.w.numbersOf()
	names := o.names(o.rows(f), "PhoneNumber")
	inOwn := names["features"] || names["rawFeatures"] || names["country"] || names["subType"] || names["rawSubType"]
	of := func(ids []string) need {
		lists := []list{o.numbers(nil)}
		if len(filter) > 0 {
			lists = append(lists, o.numbers(filter))
		}
		var ways []way
		for _, l := range lists {
			w := way{calls: o.largest(l, 0, len(l.rows))}
			for _, id := range ids {
				if inOwn && len(matching(all[id], filter)) > 0 {
					w.calls = append(w.calls, ownList(id))
				}
			}
			ways = append(ways, w)
		}
		var own way
		for _, id := range ids {
			own.calls = append(own.calls, ownList(id))
			own.wants = append(own.wants, wantsOf("readAccountPhoneNumber", owner, idsOf(all[id]))...)
		}
		return need{ways: append(ways, own)}
	}
	o.needs = append(o.needs, parted(of, ids))
	var shown []row
	for _, id := range ids {
		rows := matching(all[id], filter)
		from, to := o.window(f, len(rows))
		shown = append(shown, rows[from:to]...)
	}
	o.number(o.rows(f), shown, "assigned")
}

// parted is the need of all of ids, and of each.
func parted(of func(ids []string) need, ids []string) need {
	n := of(ids)
	if len(ids) <= mostParts {
		for _, id := range ids {
			n.parts = append(n.parts, of([]string{id}))
		}
	}
	return n
}

func matching(rows []row, filter url.Values) (out []row) {
	has := func(name, value string) bool { return len(filter[name]) == 0 || slices.Contains(filter[name], value) }
	for _, r := range rows {
		if has("usageType", r.UsageType) && has("paymentType", r.PaymentType) && has("status", r.Status) {
			out = append(out, r)
		}
	}
	return out
}

// usable declares the numbers that extensions may show.
func (o *oracle) usable(f *ast.Field, ids []string) {
	all, shared, filter := o.w.numbersOf(), o.w.shared(), o.filter(f)
	var shown []row
	for _, id := range ids {
		rows := append(slices.Clone(shared), matching(all[id], nil)...)
		n := need{ways: []way{{calls: []call{ownList(id)}}}}
		if len(filter) > 0 {
			n.ways = append(n.ways, way{calls: []call{ownList(id) + call(" "+filter.Encode())}})
		}
		o.needs = append(o.needs, n)
		rows = matching(rows, filter)
		from, to := o.window(f, len(rows))
		shown = append(shown, rows[from:to]...)
	}
	o.number(o.rows(f), shown, "own")
}

// toldOfDevices are the fields of a device that the account's list tells.
var (
	toldOfDevices = set("__typename", "id", "rcId", "uri", "sku", "type", "rawType", "name", "serial", "computerName", "extension", "boxBillingId",
		"model", "phoneLines")
	toldOfModels = set("__typename", "rcId", "name", "addons")
	toldOfLines  = set("__typename", "lineType", "rawLineType", "phoneNumber")
)

// told says whether the account's list tells all that is selected on devices.
func (o *oracle) told(sel ast.SelectionSet) bool {
	all := !beyond(o.names(sel, "Device"), toldOfDevices)
	o.each(sel, "Device", func(f *ast.Field) {
		switch f.Name {
		case "model":
			all = all && !beyond(o.names(f.SelectionSet, "DeviceModel"), toldOfModels)
		case "phoneLines":
			all = all && !beyond(o.names(f.SelectionSet, "PhoneLine"), toldOfLines)
		}
	})
	return all
}

// device declares what a selection on devices needs; whole says that more than the
// account's list tells is at hand.
func (o *oracle) device(sel ast.SelectionSet, rows []row, whole bool) {
	if !whole && !o.told(sel) {
		o.reads("readDevice", device, idsOf(rows))
	}
	o.each(sel, "Device", func(f *ast.Field) {
		if f.Name != "phoneLines" {
			return
		}
		var numbers []row
		for _, d := range rows {
			for _, line := range d.PhoneLines {
				if n := line.PhoneInfo; n != nil {
					numbers = append(numbers, row{ID: n.ID, Extension: d.Extension})
				}
			}
		}
		o.each(f.SelectionSet, "PhoneLine", func(f *ast.Field) {
			if f.Name == "phoneNumber" {
				o.number(f.SelectionSet, numbers, "line")
			}
		})
	})
	o.owners(sel, "Device", rows, nil)
}

// extensionDevices declares the ways to the devices of extensions: by their ids, or the
// account's list.
func (o *oracle) extensionDevices(f *ast.Field, ids []string) {
	if len(ids) == 0 {
		return
	}
	filter, sel := o.filter(f), o.rows(f)
	fromList := o.listsDevices && len(filter) == 0 && o.told(sel)
	l := list{operation: "listAccountDevices", rows: o.w.devices()}
	none := func(id string) fact { return fact("devices of " + id + " " + filter.Encode()) }
	o.needs = append(o.needs, parted(func(ids []string) need {
		n := need{ways: []way{{wants: wantsOf("listExtensionDevices "+filter.Encode(), none, ids)}}}
		if fromList {
			n.ways = append(n.ways, way{calls: o.largest(l, 0, len(l.rows))})
		}
		return n
	}, ids))
	all := o.w.devicesOf()
	var shown []row
	for _, id := range ids {
		rows := all[id]
		if len(filter) > 0 {
			rows = o.w.list(v1+"/extension/"+id+"/device", filter)
		}
		from, to := o.window(f, len(rows))
		shown = append(shown, rows[from:to]...)
	}
	o.device(sel, shown, true)
}
