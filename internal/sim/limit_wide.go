package sim

import (
	"net/http"
	"strings"
	"time"
)

// The limits that many people share stand in the limiter as groups of their own. Everyone is taken to call from one address, as
// everyone behind one gateway does.
const (
	ofAccount = "account" // of all people who use an app
	ofAddress = "address" // of all calls whatsoever
)

// CloseGroup starts a penalty of d for a person of the all-scopes app in a group, as another program's calls would have.
func (s *Server) CloseGroup(extensionID, group string, d time.Duration) {
	s.limiter.close(spender{parseID(extensionID), ClientID, group}, d)
}

// CloseAccount starts a penalty of d for all people and apps: "an emergency protection measure", in the vendor's words.
func (s *Server) CloseAccount(d time.Duration) {
	for id := range s.sessions.apps {
		s.limiter.close(spender{client: id, group: ofAccount}, d)
	}
}

// CloseAll starts a penalty of d for every call there is.
func (s *Server) CloseAll(d time.Duration) { s.limiter.close(spender{group: ofAddress}, d) }

// tooManyCodes are those of a 429 that no count leads to.
var tooManyCodes = map[string]string{
	"CMN-302": "Unknown application. Rate limits undefined", // the older meaning
	"CMN-303": "Can not resolve API plan. Rate limits undefined",
	"CMN-304": "Duplicate concurrent request. Try again later",
}

// TooMany is the fault of a call that is refused with 429 though its budget has room: CMN-302, CMN-303 or CMN-304. Such an answer
// tells nothing of a budget, and with after zero not when to come again. It panics on any other code.
func TooMany(code string, after time.Duration) Fault {
	message, known := tooManyCodes[code]
	if !known {
		panic("sim: TooMany: no code " + code)
	}
	p := problem{ErrorCode: code, Message: message}
	var body strings.Builder
	writeJSON(&body, newEnvelope(current, []problem{p}))
	f := Fault{Status: http.StatusTooManyRequests, Body: body.String(), Header: http.Header{}}
	for _, name := range []string{"X-Rate-Limit-Group", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Window"} {
		f.Header[name] = nil
	}
	if after > 0 {
		f.Header.Set("Retry-After", seconds(after))
	}
	return f
}

// spend charges a call to the limits that it counts in, the widest first: who is over one is not charged to the next.
func (s *Server) spend(c *call, who spender, now time.Time) *problem {
	for _, sp := range []spender{{group: ofAddress}, {client: who.client, group: ofAccount}, who} {
		if c.charge = s.limiter.spend(sp, c.UserAgent(), now); c.charge.retryAfter > 0 {
			break
		}
	}
	s.limiter.note(program{who, c.UserAgent()}, c.charge)
	return c.charge.problem()
}
