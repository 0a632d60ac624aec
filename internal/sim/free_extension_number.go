package sim

import "strconv"

func (s *Server) freeExtensionNumberRoutes() []*route {
	return []*route{
		{operation: "getExtensionFreeNumbers", pattern: "GET /restapi/v1.0/account/{accountId}/extension/free-numbers", group: "heavy",
			scope: "ReadAccounts", permission: "ReadExtensions", era: legacyOnly, do: s.getExtensionFreeNumbers},
	}
}

// freeExtensionNumber is a number that an extension could have. The description gives no meaning to its model, which is that of
// extensions made out of unassigned ones: here the extension has a number and no id, since there is none yet.
type freeExtensionNumber struct {
	Successful bool          `json:"successful"`
	Extension  freeExtension `json:"extension"`
}

type freeExtension struct {
	ExtensionNumber string `json:"extensionNumber"`
}

type freeExtensionNumbers struct {
	Items []freeExtensionNumber `json:"items"`
}

const (
	firstExtensionNumber = 101
	mostFreeNumbers      = 100
)

// getExtensionFreeNumbers tells the lowest numbers that no extension has, without those that mean a service: 211, 911 and so on.
func (s *Server) getExtensionFreeNumbers(*call) reply {
	taken := make(map[string]bool, len(s.company.extensions))
	for _, e := range s.company.extensions {
		taken[e.number] = true
	}
	var out freeExtensionNumbers
	for n := firstExtensionNumber; len(out.Items) < mostFreeNumbers; n++ {
		if number := strconv.Itoa(n); !taken[number] && (n > 999 || n%100 != 11) {
			out.Items = append(out.Items, freeExtensionNumber{true, freeExtension{number}})
		}
	}
	return found(out)
}
