package sim_test

import "testing"

func TestFreeExtensionNumbers(t *testing.T) {
	s := newServer(t, unlimited())
	var out struct {
		Items []struct {
			Successful bool
			Extension  struct{ ExtensionNumber string }
		}
	}
	admin(t, s).get(v1 + "/extension/free-numbers").into(&out)
	var got []string
	for _, i := range out.Items[:6] {
		got = append(got, i.Extension.ExtensionNumber)
	}
	// 106 is the last person's, 110 the announcement's, and 111 a service of the network.
	equal(t, "the first of them", got, []string{"107", "108", "109", "112", "113", "114"})
}
