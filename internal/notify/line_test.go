package notify

import "testing"

// A token is taken to RingCentral's own hosts alone.
func TestAddress(t *testing.T) {
	const api = "https://platform.ringcentral.com"
	for _, tt := range []struct {
		upstream, uri string
		ok            bool
	}{
		{api, "wss://platform.ringcentral.com/ws", true}, {api, "wss://ws-api.ringcentral.com/ws", true}, {api, "wss://ringcentral.com/ws", true}, {api, "WSS://ws.RINGCENTRAL.com", true},
		{api, "ws://platform.ringcentral.com", false}, {api, "https://platform.ringcentral.com", false}, {api, "wss://ringcentral.com.evil.com", false}, {api, "wss://evilringcentral.com", false},
		{api, "wss://ws.ringcentral.com@evil.com", false}, {api, "wss://x:y@ws.ringcentral.com", false}, {api, "wss://ringcentral.com.", false}, {api, "wss:ringcentral.com", false}, {api, "//ws.ringcentral.com", false}, {api, "", false},
		{"https://platform.ringcentral.co.uk", "wss://ws.ringcentral.co.uk", true}, {"https://platform.ringcentral.co.uk", "wss://evil.co.uk", false},
		{"https://mine.azurewebsites.net", "wss://evil.azurewebsites.net", false},
		{"http://127.0.0.1:8081", "ws://127.0.0.1:8081/ws", true}, {"http://127.0.0.1:8081", "ws://127.0.0.1:6379", false}, {"https://10.0.0.1", "wss://11.0.0.1", false}, {"https://[::1]", "wss://[::2]", false},
		{"http://sim:8081", "ws://redis:6379", false}, {"https://sim", "wss://redis", false},
	} {
		if u, err := address(tt.upstream, tt.uri); (err == nil) != tt.ok {
			t.Errorf("%s of %s: %v, %v", tt.uri, tt.upstream, u, err)
		}
	}
}
