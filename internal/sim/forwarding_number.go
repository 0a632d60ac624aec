package sim

import "strconv"

func (s *Server) forwardingNumberRoutes() []*route {
	return []*route{
		{operation: "listForwardingNumbers", pattern: "GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number",
			group: "light", scope: "ReadAccounts", permission: "ReadUserForwardingFlipNumbers", extended: true, do: s.listForwardingNumbers},
	}
}

// forwardingNumberInfo is a record of the list; the single read would add a uri.
type forwardingNumberInfo struct {
	ID          int64         `json:"id,string"`
	PhoneNumber string        `json:"phoneNumber"`
	Label       string        `json:"label"`
	Type        string        `json:"type"`
	Features    []string      `json:"features"`
	FlipNumber  string        `json:"flipNumber"`
	Device      *deviceRef    `json:"device,omitempty"`
	Extension   *extensionFor `json:"extension,omitempty"`
}

type deviceRef struct {
	ID int64 `json:"id,string"`
}

// extensionFor is the extension that a forwarding number of a colleague's leads to.
type extensionFor struct {
	ID              int64  `json:"id,string"`
	Name            string `json:"name"`
	ExtensionNumber string `json:"extensionNumber"`
}

func (s *Server) listForwardingNumbers(c *call) reply {
	if !c.extension.isPerson() {
		return refused(*wrongExtensionType())
	}
	return paged(c, c.extension.forwarding, nil, func(f forwardingNumber) forwardingNumberInfo {
		out := forwardingNumberInfo{ID: f.id, PhoneNumber: f.number, Label: f.label, Type: f.kind, Features: f.features,
			FlipNumber: strconv.Itoa(f.flip)}
		if f.device != nil {
			out.Device = &deviceRef{f.device.id}
		}
		if n := s.company.dialable[f.number]; n != nil && n.owner != nil && n.owner != c.extension {
			out.Extension = &extensionFor{n.owner.id, n.owner.name, n.owner.number}
		}
		return out
	})
}
