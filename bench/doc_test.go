// Package bench holds the corpus, realistic queries of administrators, and measures on
// it how close the gateway comes to the fewest upstream calls. It runs whole gateways in
// front of simulated companies, in pretend time. The oracle that says how few would do
// must not know how the gateway plans: it shares no code with it but the client's id.
// The load program is here too: it drives gateways and the simulator as a crowd would, and
// prints what is had beside what is due. `make bench` runs it in full.
package bench
