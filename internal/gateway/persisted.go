package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// persisted lets a client send the hash of a query in place of its text, once it has
// sent both: automatic persisted queries, as Apollo's clients speak them. What is kept is
// text alone; whoever knows the hash knew the text.
type persisted struct {
	extension.AutomaticPersistedQuery
}

func newPersisted() persisted {
	return persisted{extension.AutomaticPersistedQuery{Cache: texts{mustLRU[string, string](mostDocuments)}}}
}

// MutateOperationParameters fills in the text. Faults that the library has no code for
// are the client's.
func (p persisted) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	err := p.AutomaticPersistedQuery.MutateOperationParameters(ctx, params)
	if err != nil && err.Extensions["code"] == nil {
		return refusal(codeBadInput, "The persisted query cannot be used: "+sentence(err.Message))
	}
	return err
}

// byHash says whether params name a query by its hash.
func byHash(params *graphql.RawParams) bool { return params.Extensions["persistedQuery"] != nil }

// texts keeps queries by their hashes.
type texts struct{ cache *lru.Cache[string, string] }

// Get returns the query with a hash.
func (t texts) Get(_ context.Context, hash string) (string, bool) { return t.cache.Get(hash) }

// Add keeps a query, unless it is a very long one.
func (t texts) Add(_ context.Context, hash, query string) {
	if len(query) <= keepDocument {
		t.cache.Add(hash, query)
	}
}

var _ graphql.OperationParameterMutator = persisted{}
