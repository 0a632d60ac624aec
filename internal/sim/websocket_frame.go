package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// frame is a message to the client: a JSON array of what it is, and its body if it has one.
type frame struct {
	meta    frameMeta
	body    any
	context bool   // carries a wsc
	lasting bool   // is kept when the connection breaks
	raw     []byte // instead of all that
}

type frameMeta struct {
	Type      string            `json:"type"`
	MessageID string            `json:"messageId"`
	Status    int               `json:"status,omitempty"`
	WSC       *wsc              `json:"wsc,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`
}

// The types of frames.
const (
	connectionDetails  = "ConnectionDetails"
	clientRequest      = "ClientRequest" // an answer too
	serverNotification = "ServerNotification"
	heartbeat          = "Heartbeat"
	errorFrame         = "Error"
)

func requestHeaders() map[string]string { return map[string]string{"RCRequestId": newUUID()} }

func notification(d delivery) frame {
	meta := frameMeta{Type: serverNotification, MessageID: d.UUID, Status: http.StatusOK, Headers: requestHeaders()}
	return frame{meta: meta, body: d.padded(), lasting: true}
}

// failure is a frame of type Error. What status it has is not known.
func failure(messageID string, status int, code, message string) frame {
	if messageID == "" {
		messageID = newUUID()
	}
	return frame{
		meta: frameMeta{Type: errorFrame, MessageID: messageID, Status: status, Headers: requestHeaders()},
		body: struct {
			ErrorCode string `json:"errorCode"`
			Message   string `json:"message"`
		}{code, message},
	}
}

func (f frame) encode() []byte {
	if f.raw != nil {
		return f.raw
	}
	parts := []any{f.meta}
	if f.body != nil {
		parts = append(parts, f.body)
	}
	var out bytes.Buffer
	writeJSON(&out, parts)
	return bytes.TrimSpace(out.Bytes())
}

// asked is what a client says.
type asked struct {
	Type      string         `json:"type"`
	MessageID string         `json:"messageId"`
	Method    string         `json:"method"`
	Path      string         `json:"path"`
	Query     map[string]any `json:"query"`
	Headers   map[string]any `json:"headers"`
	body      json.RawMessage
}

func parseAsked(data []byte) (in asked, ok bool) {
	var parts []json.RawMessage
	if json.Unmarshal(data, &parts) != nil || len(parts) == 0 || len(parts) > 2 {
		return in, false
	}
	if json.Unmarshal(parts[0], &in) != nil {
		return in, false
	}
	if len(parts) == 2 {
		in.body = parts[1]
	}
	return in, true
}
