package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	lru "github.com/hashicorp/golang-lru/v2"
)

// persisted lets a client send the hash of a query in place of its text, once it has
// sent both: automatic persisted queries, as Apollo's clients speak them. What is kept is
// text alone; whoever knows the hash knew the text. Documents that the gateway was given
// beforehand come before those.
type persisted struct {
	extension.AutomaticPersistedQuery
	trusted *trusted
}

func newPersisted(t *trusted) persisted {
	return persisted{extension.AutomaticPersistedQuery{Cache: texts{mustLRU[string, string](mostDocuments)}}, t}
}

// persistedQuery is the extension of a request that holds the hash.
const persistedQuery = "persistedQuery"

// byName says whether params name a document in place of its text.
func byName(params *graphql.RawParams) bool {
	return params.Extensions[persistedQuery] != nil || params.Extensions[documentID] != nil
}

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
