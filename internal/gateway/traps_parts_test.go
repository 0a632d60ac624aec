package gateway_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
)

// TestTrapsOfStreams is about server-sent events and @defer.
func TestTrapsOfStreams(t *testing.T) { spring(t, streamTraps) }

// inParts asks for one field at once and for another later.
const inParts = "{ account { mainNumber ... @defer { status } } }"

var streamTraps = []trap{
	{name: "events by GET", stock: "comes as application/", check: func(x target) error {
		a, err := x.get("{ __typename }", "Accept", "text/event-stream")
		if got := a.header.Get("Content-Type"); err == nil && (a.status != 200 || !strings.HasPrefix(got, "text/event-stream") || !strings.Contains(a.text, "event: next\n")) {
			err = fmt.Errorf("it comes as %s: %s", got, brief(a.text))
		}
		return err
	}},
	{name: "a last event that browsers see", stock: "has no data", check: func(x target) error {
		a, err := x.post("{ __typename }", "Accept", "text/event-stream")
		if err == nil && !strings.Contains(a.text, "event: complete\ndata:") {
			err = fmt.Errorf("the last event has no data: %q", a.text)
		}
		return err
	}},
	{name: "defer for clients of JSON alone", stock: "half an answer", check: func(x target) error {
		for _, accept := range []string{"application/json", "application/graphql-response+json", "*/*"} {
			a, err := x.post(inParts, "Accept", accept)
			if err != nil {
				return err
			}
			keys, err := a.keys()
			switch {
			case err != nil:
				return err
			case keys["hasNext"] != nil || !strings.Contains(a.text, `"status":"CONFIRMED"`):
				return fmt.Errorf("%s: half an answer: %d %s", accept, a.status, a.text)
			case string(keys["data"]) != `{"account":{"mainNumber":"+18555440014","status":"CONFIRMED"}}`:
				return fmt.Errorf("%s: %s", accept, a.text)
			}
		}
		return nil
	}},
	{name: "defer by GET for clients of JSON alone", stock: "half an answer", check: func(x target) error {
		a, err := x.get(inParts, "Accept", "application/json")
		if err == nil && (strings.Contains(a.text, "hasNext") || !strings.Contains(a.text, `"status":"CONFIRMED"`)) {
			err = fmt.Errorf("half an answer: %d %s", a.status, a.text)
		}
		return err
	}},
	// The remedy is in the generated code, which the stock wiring here shares with ours: it is
	// represented by what it said before.
	{name: "no null for what is to follow, in multipart", stock: "stands as null", check: firstPart(asMultipart),
		said: "multipart/mixed;boundary=\"-\"", text: "---\r\nContent-Type: application/json\r\n\r\n" + nullFirst + "\r\n---\r\nContent-Type: application/json\r\n\r\n" +
			`{"incremental":[{"data":{"status":"CONFIRMED"},"path":["account"],"hasNext":false}],"hasNext":false}` + "\r\n-----\r\n"},
	{name: "no null for what is to follow, in events", stock: "stands as null", check: firstPart(asEvents),
		said: "text/event-stream", text: ":\n\nevent: next\ndata: " + nullFirst + "\n\nevent: next\n" +
			`data: {"data":{"status":"CONFIRMED"},"path":["account"],"hasNext":false}` + "\n\nevent: complete\n\n"},
	{name: "the format of parts, in multipart", stock: "has the entry hasNext", check: partsFormat(asMultipart)},
	{name: "the format of parts, in events", stock: "no entry incremental", check: partsFormat(asEvents)},
	{name: "the format of parts, on sockets", stock: "no entry incremental", check: partsFormat(asMessages)},
	{name: "deferred parts of a mutation, in multipart", stock: "is lost", check: mutationParts(asMultipart)},
	{name: "deferred parts of a mutation, in events", stock: "is lost", check: mutationParts(asEvents)},
	{name: "deferred parts of a mutation, on sockets", stock: "is lost", check: mutationParts(asMessages)},
}

const nullFirst = `{"data":{"account":{"mainNumber":"+18555440014","status":null}},"hasNext":true}`

// reader asks a query by one of the ways that parts come, and returns them as they are.
type reader func(x target, query string) ([]string, error)

func asMultipart(x target, query string) (parts []string, err error) {
	a, err := x.post(query, "Accept", "multipart/mixed")
	if err != nil {
		return nil, err
	}
	kind, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		return nil, fmt.Errorf("it is no multipart but %s: %s", a.header.Get("Content-Type"), brief(a.text))
	}
	r := multipart.NewReader(strings.NewReader(a.text), params["boundary"])
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %q", err, a.text)
		}
		text, err := readText(p)
		if err != nil {
			return nil, err
		}
		parts = append(parts, text)
	}
}

func asEvents(x target, query string) (parts []string, err error) {
	a, err := x.post(query, "Accept", "text/event-stream")
	for line := range strings.Lines(a.text) {
		if data, ok := strings.CutPrefix(line, "data: {"); ok {
			parts = append(parts, "{"+data)
		}
	}
	return parts, err
}

func asMessages(x target, query string) (parts []string, err error) {
	l, err := x.greeted()
	if err != nil {
		return nil, err
	}
	if err := l.say(subscribe("1", query)); err != nil {
		return nil, err
	}
	for {
		text, err := l.hear()
		if err != nil || !strings.Contains(text, `"next"`) {
			return parts, err
		}
		var m struct{ Payload json.RawMessage }
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			return nil, err
		}
		parts = append(parts, string(m.Payload))
	}
}

func readText(r io.Reader) (string, error) {
	text, err := io.ReadAll(r)
	return string(text), err
}

// firstPart checks that a first part holds what was not deferred, and no more.
func firstPart(read reader) func(target) error {
	return func(x target) error {
		parts, err := read(x, inParts)
		if err != nil {
			return err
		}
		var first struct {
			Data    struct{ Account map[string]any }
			HasNext bool
		}
		if len(parts) == 0 || json.Unmarshal([]byte(parts[0]), &first) != nil {
			return fmt.Errorf("there is no first part: %q", parts)
		}
		status, stands := first.Data.Account["status"]
		switch {
		case !first.HasNext || first.Data.Account["mainNumber"] == nil:
			return fmt.Errorf("it is no first part: %s", parts[0])
		case stands:
			return fmt.Errorf("what is to follow stands as %s: %s", strings.ReplaceAll(fmt.Sprint(status), "<nil>", "null"), parts[0])
		}
		return nil
	}
}

// partsFormat checks that all parts but the first are as the format of 2022-08-24 has
// them: {"incremental":[{"data":…,"path":…}],"hasNext":…}.
func partsFormat(read reader) func(target) error {
	return func(x target) error {
		parts, err := read(x, inParts)
		if err != nil {
			return err
		}
		if len(parts) < 2 {
			return fmt.Errorf("there are no parts: %q", parts)
		}
		for i, text := range parts[1:] {
			if err := partFormat(text, i == len(parts)-2); err != nil {
				return fmt.Errorf("%w: %s", err, text)
			}
		}
		if all := strings.Join(parts, ""); strings.Count(all, `"status":"CONFIRMED"`) != 1 {
			return fmt.Errorf("the part does not come once: %s", all)
		}
		return nil
	}
}

func partFormat(text string, last bool) error {
	var part map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &part); err != nil {
		return err
	}
	for name := range part {
		if !slices.Contains([]string{"incremental", "hasNext", "extensions"}, name) && part["incremental"] != nil {
			return fmt.Errorf("it has the entry %s", name)
		}
	}
	if part["incremental"] == nil && (!last || len(part) > 1) { // the last may say no more than that
		return errors.New("it has no entry incremental")
	}
	if want := fmt.Sprint(!last); string(part["hasNext"]) != want {
		return fmt.Errorf("hasNext is %s, want %s", part["hasNext"], want)
	}
	var items []map[string]json.RawMessage
	if part["incremental"] != nil && json.Unmarshal(part["incremental"], &items) != nil {
		return errors.New("incremental is no list")
	}
	for _, item := range items {
		if item["path"] == nil || item["data"] == nil {
			return errors.New("an item has no path or no data")
		}
		for name := range item {
			if !slices.Contains([]string{"data", "path", "label", "errors", "extensions"}, name) {
				return fmt.Errorf("an item has the entry %s", name)
			}
		}
	}
	return nil
}

// mutationParts checks that nothing of a mutation's answer is lost.
func mutationParts(read reader) func(target) error {
	return func(x target) error {
		parts, err := read(x, `mutation { reassignPhoneNumber(input: {phoneNumberId: "723455008", extensionId: "512084008"}) {
			outcome phoneNumber { rcId ... @defer { extension { name } } } } }`)
		if err == nil && !strings.Contains(strings.Join(parts, ""), "Maria Lopez") {
			err = fmt.Errorf("what is deferred is lost: %s", parts)
		}
		return err
	}
}
