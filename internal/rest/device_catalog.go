package rest

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/ringql/ringql/internal/budget"
)

// HardPhone is the kind of phone that is meant where none is told.
const HardPhone DeviceType = "HardPhone"

// DeviceCatalogItem is a phone that can be ordered.
type DeviceCatalogItem struct {
	SKU   string       `json:"sku"`
	Kind  DeviceType   `json:"type"` // a desk phone where it is left out
	Model *DeviceModel `json:"model"`
}

// Type is the kind of phone.
func (i *DeviceCatalogItem) Type() DeviceType {
	if i.Kind == "" {
		return HardPhone
	}
	return i.Kind
}

// RawType is the kind of phone as the upstream wrote it.
func (i *DeviceCatalogItem) RawType() string { return string(i.Kind) }

// Name tells items apart: most by what they are sold as.
func (i *DeviceCatalogItem) Name() string {
	if i.SKU == "" && i.Model != nil {
		return string(i.Model.RCID)
	}
	return i.SKU
}

var getDeviceModels = op("getDeviceModels", "GET /restapi/v1.0/dictionary/device", budget.Light, Legacy, "").dictionary()

// GetDeviceModels returns the phones that can be ordered.
func (c *Client) GetDeviceModels(ctx context.Context) ([]DeviceCatalogItem, error) {
	return either(ctx, c, Own, way[[]DeviceCatalogItem]{getDeviceModels, func() ([]DeviceCatalogItem, error) {
		p, err := read(ctx, c, getDeviceModels.at(), func(p *Page[DeviceCatalogItem]) error {
			return checked(getDeviceModels, p, (*DeviceCatalogItem).Name)
		})
		if err != nil {
			return nil, err
		}
		return p.Records, nil
	}})
}

// ShippingFor says for what shipping is asked; zero values are left out.
type ShippingFor struct {
	ServicePlan, Brand string
	Quantity           int
}

// ShippingOption is a way to ship devices, with what it costs.
type ShippingOption struct {
	Quantity *int            `json:"quantity"`
	Charged  ID              `json:"price"`
	Method   *ShippingMethod `json:"method"`
}

// Price is what shipping costs; nil where it is not told, or is no number.
func (o *ShippingOption) Price() *float64 {
	v, err := strconv.ParseFloat(string(o.Charged), 64)
	if err != nil {
		return nil
	}
	return &v
}

// shippingOptions are all options: a list by the description's text, one object by its
// type, and possibly a list like others.
type shippingOptions []ShippingOption

// UnmarshalJSONFrom accepts all three.
func (o *shippingOptions) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch k := dec.PeekKind(); k {
	case '[':
		return json.UnmarshalDecode(dec, (*[]ShippingOption)(o))
	case '{':
		var v struct {
			ShippingOption `json:",embed"`
			Records        *[]ShippingOption `json:"records"`
		}
		if err := json.UnmarshalDecode(dec, &v); err != nil {
			return err
		}
		if *o = []ShippingOption{v.ShippingOption}; v.Records != nil {
			*o = *v.Records
		}
		return nil
	default:
		return fmt.Errorf("shipping options are a JSON %s", k)
	}
}

var listShippingOptions = op("listShippingOptions", "GET /restapi/v1.0/dictionary/shipping-options", budget.Light, Legacy, "").dictionary()

// ListShippingOptions returns how devices can be shipped, and for how much.
func (c *Client) ListShippingOptions(ctx context.Context, f ShippingFor) ([]ShippingOption, error) {
	return either(ctx, c, Own, way[[]ShippingOption]{listShippingOptions, func() ([]ShippingOption, error) {
		all, err := read(ctx, c, listShippingOptions.at().where(f.query()), func(all *shippingOptions) error {
			for _, o := range *all {
				if o.Method == nil || o.Method.RCID == "" {
					return nonsense(listShippingOptions, "an option without a method")
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return *all, nil
	}})
}

// Key tells one from another.
func (f ShippingFor) Key() string { return f.query().Encode() }

func (f ShippingFor) query() url.Values {
	q := url.Values{}
	for name, v := range map[string]string{"servicePlanId": f.ServicePlan, "brandId": f.Brand} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if f.Quantity != 0 {
		q.Set("quantity", strconv.Itoa(f.Quantity))
	}
	return q
}
