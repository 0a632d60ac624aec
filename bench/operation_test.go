package bench

import (
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

// budgets are the calls that a person may send in one window.
var budgets = bill{"light": 50, "medium": 40, "heavy": 10}

// mostRows is how many rows one call for a list gives.
const mostRows = 1000

// operation is what a call of it costs, and how many objects it reads by their ids.
type operation struct {
	group string
	ids   int
}

// operations are the upstream's reads that the corpus may need.
var operations = map[string]operation{
	"readAccountInfo":            {group: "light"},
	"readAccountServiceInfo":     {group: "light"},
	"listExtensions":             {group: "medium"},
	"readExtension":              {group: "light", ids: 50},
	"listAccountPhoneNumbers":    {group: "heavy"},
	"listAccountPhoneNumbersV2":  {group: "heavy"},
	"readAccountPhoneNumber":     {group: "light", ids: 50},
	"listExtensionPhoneNumbers":  {group: "light"},
	"listForwardingNumbers":      {group: "light"},
	"listAccountDevices":         {group: "medium"},
	"listExtensionDevices":       {group: "light", ids: 50},
	"readDevice":                 {group: "light", ids: 50},
	"listCallQueues":             {group: "medium"},
	"readCallQueueInfo":          {group: "light"},
	"listCallQueueMembers":       {group: "light"},
	"listPagingGroupUsers":       {group: "light"},
	"listPagingGroupDevices":     {group: "light"},
	"getParkLocationUsers":       {group: "light"},
	"readCallerBlockingSettings": {group: "light"},
	"listBlockedAllowedNumbers":  {group: "light"},
	"listBlockedNumbers":         {group: "light"},
	"readAuthorizationProfile":   {group: "medium"},
	"checkUserPermission":        {group: "light"},
	"listLicenses":               {group: "light"},
	"loadLicense":                {group: "light"},
	"listLicenseTypes":           {group: "light"},
	"listCountries":              {group: "light"},
	"getBrandInfo":               {group: "light"},
	"getServicePlanInfo":         {group: "light"},
	"getDeviceModels":            {group: "light"},
	"listShippingOptions":        {group: "light"},
	"lookupPhoneNumbers":         {group: "medium"},
	"parsePhoneNumberV2":         {group: "light"},
	"getExtensionFreeNumbers":    {group: "heavy"},
}

// The oracle's prices are the upstream's.
func TestOperations(t *testing.T) {
	s, err := sim.New(sim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	group := map[string]string{}
	for _, r := range s.Routes() {
		f := strings.Fields(r) // operation, method, path, group
		group[f[0]] = f[3]
	}
	for name, o := range operations {
		if group[name] != o.group {
			t.Errorf("%s costs a %q call, not %q", name, group[name], o.group)
		}
	}
}
