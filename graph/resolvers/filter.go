package resolvers

import (
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/rest"
)

// Filter arguments are read here as the server library will read them, for what is
// announced to have the keys of what is asked for later. These functions report
// false for what the library will refuse.

func phoneNumberFilter(v any) (f rest.PhoneNumberFilter, ok bool) {
	m, ok := fields(v)
	f.UsageType = values(m, "usageType", model.UnmarshalPhoneNumberUsageType, &ok)
	f.PaymentType = values(m, "paymentType", model.UnmarshalPhoneNumberPaymentType, &ok)
	f.Status = values(m, "status", model.UnmarshalPhoneNumberStatus, &ok)
	return f, ok
}

// NumbersFromV2 says whether an account's phone numbers with a filter, as it stands in a
// query, come from v2 alone: only v2 knows some values.
func NumbersFromV2(filter any) bool {
	f, ok := phoneNumberFilter(filter)
	v1, v2 := f.Generations()
	return ok && v2 && !v1
}

func usableFilter(v any) (f rest.UsablePhoneNumberFilter, ok bool) {
	m, ok := fields(v)
	f.UsageType = values(m, "usageType", model.UnmarshalPhoneNumberUsageType, &ok)
	f.Status = value(m, "status", model.UnmarshalPhoneNumberStatus, &ok)
	return f, ok
}

func deviceFilter(v any) (f rest.DeviceFilter, ok bool) {
	m, ok := fields(v)
	f.LinePooling = value(m, "linePooling", model.UnmarshalLinePooling, &ok)
	f.Feature = values(m, "feature", model.UnmarshalDeviceFeature, &ok)
	f.Type = values(m, "type", model.UnmarshalDeviceType, &ok)
	f.LineType = values(m, "lineType", model.UnmarshalPhoneLineType, &ok)
	return f, ok
}

func forwardingNumberFilter(v any) (f rest.ForwardingNumberFilter, ok bool) {
	m, ok := fields(v)
	f.Feature = values(m, "feature", model.UnmarshalForwardingNumberFeature, &ok)
	return f, ok
}

func fields(v any) (m map[string]any, ok bool) {
	if v == nil {
		return nil, true
	}
	m, ok = v.(map[string]any)
	return m, ok
}

func value[T any](m map[string]any, name string, read func(any) (T, error), ok *bool) T {
	var zero T
	if m[name] == nil {
		return zero
	}
	v, err := read(m[name])
	*ok = *ok && err == nil
	return v
}

func values[T any](m map[string]any, name string, read func(any) (T, error), ok *bool) []T {
	if m[name] == nil {
		return nil
	}
	list, isList := m[name].([]any)
	if !isList {
		list = []any{m[name]} // one value stands for a list of one
	}
	vs := make([]T, len(list))
	for i, item := range list {
		v, err := read(item)
		*ok = *ok && err == nil
		vs[i] = v
	}
	return vs
}
