package cluster

import "github.com/ringql/ringql/internal/budget"

// Gate returns a gate for cfg whose books are in the Redis of shared, or in memory where
// that has no URL. It lasts as long as the process.
func Gate(shared Config, cfg budget.Config) (*budget.Gate, error) {
	if shared.URL != "" {
		s, err := Open(shared)
		if err != nil {
			return nil, err
		}
		cfg.Store = s
	}
	return budget.New(cfg), nil
}
