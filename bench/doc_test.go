// Package bench holds the corpus, realistic queries of administrators, and measures on
// it how close the gateway comes to the fewest upstream calls. It runs whole gateways in
// front of simulated companies, in pretend time. The oracle that says how few would do
// must not know how the gateway plans: it shares no code with it but the client's id.
package bench
