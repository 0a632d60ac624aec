package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) deviceCatalogRoutes() []*route {
	return []*route{
		{operation: "getDeviceModels", pattern: "GET /restapi/v1.0/dictionary/device", group: "light", era: legacyOnly, do: s.getDeviceModels},
		{operation: "listShippingOptions", pattern: "GET /restapi/v1.0/dictionary/shipping-options", group: "light", era: legacyOnly,
			do: s.listShippingOptions},
	}
}

// catalogItem is a phone that can be ordered, with or without hardware attached to it.
type catalogItem struct {
	SKU   string    `json:"sku"`
	Type  string    `json:"type,omitempty"` // a desk phone where it is left out
	Model modelInfo `json:"model"`
}

func (s *Server) getDeviceModels(c *call) reply {
	type catalog struct {
		URI     string        `json:"uri"`
		Records []catalogItem `json:"records"`
	}
	out := catalog{URI: c.uri()}
	for _, m := range deskPhones {
		bare := modelInfo{ID: m.id, Name: m.name, Addons: []addonInfo{}}
		out.Records = append(out.Records, catalogItem{SKU: stockKeepingUnit("HardPhone", m.id, nil), Type: "HardPhone", Model: bare})
		for _, a := range m.addons {
			with := bare
			with.Addons = []addonInfo{{a.id, a.name, a.count}}
			out.Records = append(out.Records, catalogItem{SKU: stockKeepingUnit("HardPhone", m.id, []deviceAddon{a}), Model: with})
		}
	}
	for _, soft := range []struct {
		kind  string
		model *deviceModel
	}{{"SoftPhone", &softphone}, {"OtherPhone", &otherPhone}} {
		out.Records = append(out.Records, catalogItem{SKU: stockKeepingUnit(soft.kind, soft.model.id, nil), Type: soft.kind,
			Model: modelInfo{ID: soft.model.id, Name: soft.model.name, Addons: []addonInfo{}}})
	}
	return found(out)
}

// stockKeepingUnit puts together kind, model and what is attached, as in HP-56-2-2.
func stockKeepingUnit(kind, model string, addons []deviceAddon) string {
	parts := []string{"DV", model}
	if kind == "HardPhone" {
		parts[0] = "HP"
	}
	for _, a := range addons {
		parts = append(parts, a.id, strconv.Itoa(a.count))
	}
	return strings.Join(parts, "-")
}

type shippingWay struct {
	id, name       string
	first, further int
}

// shippingMethods are the ways to ship, with the price of the first device and of each further one, in whole dollars. The
// prices are made up.
var shippingMethods = []shippingWay{
	{"1", "Ground", 15, 3},
	{"2", "2 Day", 25, 6},
	{"3", "Overnight", 45, 12},
}

type shippingMethod struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// shippingWayOf returns the way that an id names, or nil.
func shippingWayOf(id string) *shippingWay {
	i := slices.IndexFunc(shippingMethods, func(m shippingWay) bool { return m.id == id })
	if i < 0 {
		return nil
	}
	return &shippingMethods[i]
}

const mostShipped = 10_000

// listShippingOptions answers a list, as the description's text has it. By its type it is one object, which has no room for
// three methods.
func (s *Server) listShippingOptions(c *call) reply {
	quantity, ok := positive(c.query, "quantity", 1)
	if !ok || quantity > mostShipped {
		return refused(*invalid("quantity"))
	}
	info := c.serviceInfo()
	for _, p := range []struct{ name, known string }{{"servicePlanId", info.ServicePlan.ID}, {"brandId", info.Brand.ID}} {
		switch id := c.query.Get(p.name); {
		case !c.query.Has(p.name) || id == p.known:
		case parseID(id) == 0:
			return refused(*invalid(p.name))
		default:
			return refused(*notFound(p.name))
		}
	}
	type option struct {
		Quantity int            `json:"quantity"`
		Price    int            `json:"price"`
		Method   shippingMethod `json:"method"`
	}
	var out []option
	for _, m := range shippingMethods {
		out = append(out, option{quantity, m.first + (quantity-1)*m.further, shippingMethod{m.id, m.name}})
	}
	return reply{status: http.StatusOK, body: out}
}
