package hostile_test

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// opcodes of frames by the names that files have for them.
var opcodes = map[string]byte{"more": 0, "text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}

// frame makes what goes over the wire of a line: a name of opcodes and the payload, of
// close a code and a reason. Words before it break the form: "part" for a frame that is
// not the message's last, "unmasked", "reserved" for a bit that has no meaning. "raw" has
// bytes in hexadecimal.
func frame(line string) ([]byte, error) {
	first, masked := byte(0x80), byte(0x80)
	for {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "part":
			first &^= 0x80
		case "unmasked":
			masked = 0
		case "reserved":
			first |= 0x40
		case "raw":
			return hex.DecodeString(strings.ReplaceAll(rest, " ", ""))
		default:
			op, ok := opcodes[word]
			if !ok {
				return nil, fmt.Errorf("no frame is called %q", word)
			}
			payload := []byte(rest)
			if word == "close" && rest != "" {
				code, reason, _ := strings.Cut(rest, " ")
				n, err := strconv.ParseUint(code, 10, 16)
				if err != nil {
					return nil, err
				}
				payload = append(binary.BigEndian.AppendUint16(nil, uint16(n)), reason...)
			}
			return encodeFrame(first|op, masked, payload), nil
		}
		line = rest
	}
}

func encodeFrame(first, masked byte, payload []byte) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, masked|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, masked|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), uint64(n))
	}
	if masked != 0 {
		b = append(b, 0, 0, 0, 0) // a mask that changes nothing
	}
	return append(b, payload...)
}

// talk sends frames on an open WebSocket, all at once, and returns what came, a line each:
// the text of a message, "pong" and its payload, "close" with code and reason, "closed" for
// an end without one, "open" for none so far, when that is what is wanted. When all that is wanted has come and the gateway was not to close the
// socket, talk does, and the gateway must agree.
func talk(conn net.Conn, r *bufio.Reader, frames string, want []string) string {
	var out []byte
	for line := range strings.SplitSeq(frames, "\n") {
		if line == "" {
			continue
		}
		b, err := frame(line)
		if err != nil {
			return err.Error()
		}
		out = append(out, b...)
	}
	go func() { _, _ = conn.Write(out) }() // it may be cut off before its end
	closes := slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(w, "close") })
	want = slices.DeleteFunc(want, func(w string) bool { return w == "" })
	stays := len(want) == 0 || slices.Contains(want, "open") // or not known yet
	if stays {
		_ = conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	}
	var got []string
	var said bool
	ended := operations{}
	for {
		if !closes && !stays && !said && enough(got, ended, want) {
			_, _ = conn.Write(encodeFrame(0x88, 0x80, []byte{0x03, 0xe8})) // 1000
			said = true
		}
		first, payload, err := readFrame(r)
		switch op := first & 15; {
		case err != nil && strings.Contains(err.Error(), "timeout") && stays:
			return strings.Join(append(got, "open"), "\n")
		case err != nil && strings.Contains(err.Error(), "timeout"):
			return strings.Join(append(got, "nothing more in time"), "\n")
		case err != nil:
			return strings.Join(append(got, "closed"), "\n")
		case first&0x80 == 0 || first&0x70 != 0 || op != 1 && op < 8:
			got = append(got, fmt.Sprintf("frame %x %x", first, payload))
		case op == 1:
			got = append(got, string(payload))
			ended.note(string(payload))
		case op == 8 && len(payload) >= 2:
			line := fmt.Sprintf("close %d %s", binary.BigEndian.Uint16(payload), payload[2:])
			if said && line == "close 1000 " {
				return strings.Join(got, "\n")
			}
			_, _ = conn.Write(encodeFrame(0x88, 0x80, payload[:2]))
			return strings.Join(append(got, strings.TrimSpace(line)), "\n")
		case op == 8:
			return strings.Join(append(got, "close"), "\n")
		case op == 10:
			got = append(got, "pong "+string(payload))
		}
	}
}

func readFrame(r *bufio.Reader) (first byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1])
	if long := map[uint64]int{126: 2, 127: 8}[n]; long > 0 {
		size := make([]byte, 8)
		if _, err := io.ReadFull(r, size[8-long:]); err != nil {
			return 0, nil, err
		}
		n = binary.BigEndian.Uint64(size)
	}
	payload = make([]byte, min(n, 1<<24))
	_, err = io.ReadFull(r, payload)
	return head[0], payload, err
}

// A transcript that is wanted has a line for each message. Those of one operation keep
// their order; operations run side by side. A line "some" and a message stands for any
// number of it, and "ends" for how many operations must have ended, each once.
func enough(got []string, ended operations, want []string) bool {
	for _, w := range want {
		if n, ok := strings.CutPrefix(w, "ends "); ok {
			return strconv.Itoa(len(ended)) == n
		}
	}
	return len(got) >= len(want)
}

// operations has how often each operation has ended, by id.
type operations map[any]int

func (o operations) note(line string) {
	if m := decodeMessage(line); m["type"] == "complete" || m["type"] == "error" {
		o[m["id"]]++
	}
}

func decodeMessage(line string) map[string]any {
	v, _ := decode(line)
	m, _ := v.(map[string]any)
	return m
}

// compareTranscripts says what is wrong with what came over a WebSocket; "" for nothing.
func compareTranscripts(wanted, gotten string) string {
	var want, some []string
	ends := ""
	for line := range strings.SplitSeq(wanted, "\n") {
		if text, ok := strings.CutPrefix(line, "some "); ok {
			some = append(some, text)
		} else if n, ok := strings.CutPrefix(line, "ends "); ok {
			ends = n
		} else if line != "" {
			want = append(want, line)
		}
	}
	var got []string
	for line := range strings.SplitSeq(gotten, "\n") {
		if line != "" && !slices.ContainsFunc(some, func(s string) bool { return sameBody(s, line) }) {
			got = append(got, line)
		}
	}
	byID := func(a, b string) int {
		return cmp.Compare(fmt.Sprint(decodeMessage(a)["id"]), fmt.Sprint(decodeMessage(b)["id"]))
	}
	slices.SortStableFunc(got, byID)
	slices.SortStableFunc(want, byID)
	if !slices.EqualFunc(want, got, sameBody) {
		return fmt.Sprintf("messages\n%.3000s\nwant\n%.3000s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	ended := operations{}
	for line := range strings.SplitSeq(gotten, "\n") {
		ended.note(line)
	}
	for id, n := range ended {
		if n > 1 {
			return fmt.Sprintf("operation %v ended %d times", id, n)
		}
	}
	if ends != "" && strconv.Itoa(len(ended)) != ends {
		return fmt.Sprintf("%d operations ended, want %s", len(ended), ends)
	}
	return ""
}
