package gateway

// Routes are the patterns of all that is served.
func (g *Gateway) Routes() []string { return g.routes }
