package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// documentID is the member of a request that names a document which the gateway was given
// beforehand. Source: the appendix "Persisted Documents" of the draft GraphQL over HTTP.
const documentID = "documentId"

// trusted are the documents that an operator's own clients were built with. While they are
// enforced no other is carried out, so that whoever gets hold of a session can ask for no
// more than those clients do.
type trusted struct {
	byID    map[string]string
	texts   map[string]bool
	enforce bool
}

// readTrusted reads a manifest: Apollo's, or an object of documents by id as Relay's compiler
// and GraphQL Code Generator write it. It returns nil for none.
func readTrusted(manifest []byte, mode string) (*trusted, error) {
	if manifest == nil {
		return nil, nil //nolint:nilnil // without a manifest nothing is trusted, and nothing refused
	}
	t := &trusted{byID: map[string]string{}, texts: map[string]bool{}, enforce: mode != "log"}
	var apollo struct {
		Format     string
		Operations []struct{ ID, Body string }
	}
	if err := json.Unmarshal(manifest, &apollo); err == nil && apollo.Operations != nil {
		for _, op := range apollo.Operations {
			t.byID[op.ID] = op.Body
		}
	} else if err := json.Unmarshal(manifest, &t.byID); err != nil {
		return nil, fmt.Errorf("RINGQL_TRUSTED_DOCUMENTS is neither Apollo's manifest nor an object of documents by id: %w", err)
	}
	for id, text := range t.byID {
		if id == "" || text == "" {
			return nil, fmt.Errorf("RINGQL_TRUSTED_DOCUMENTS: the document with id %q is empty", id)
		}
		t.texts[text] = true
	}
	if len(t.byID) == 0 {
		return nil, errors.New("RINGQL_TRUSTED_DOCUMENTS holds no documents")
	}
	return t, nil
}

// settle fills in the text of a document that params name. known says that it is one of
// the manifest's.
func (t *trusted) settle(params *graphql.RawParams) (known bool, err *gqlerror.Error) {
	id := namedDocument(params)
	if t == nil {
		if params.Extensions[documentID] != nil {
			return false, refusal(codeBadInput, "This gateway was given no documents: send the query.")
		}
		return false, nil
	}
	text, ok := t.named(id)
	switch {
	case ok && params.Query != "" && params.Query != text:
		return false, refusal(codeBadInput, "The document with this id is another than the query.")
	case ok:
		params.Query = text
		delete(params.Extensions, persistedQuery) // its hash may be of another kind than automatic ones
		return true, nil
	case t.texts[params.Query]:
		delete(params.Extensions, persistedQuery)
		return true, nil
	case t.enforce:
		return false, refusal(codeForbidden, "This gateway carries out only the operations it was given: this is none of them.")
	case params.Extensions[documentID] != nil:
		return false, refusal(codeBadInput, "There is no document with this id.")
	}
	return false, nil
}

// named returns the document with an id. That is a hash, whose kind may be written before
// it: clients and manifests do not always agree on that.
func (t *trusted) named(id string) (text string, ok bool) {
	if id == "" {
		return "", false
	}
	const kind = "sha256:"
	for _, form := range []string{id, strings.TrimPrefix(id, kind), kind + id} {
		if text, ok = t.byID[form]; ok {
			return text, true
		}
	}
	return "", false
}

// namedDocument returns the id that params name a document by; "" for none.
func namedDocument(params *graphql.RawParams) string {
	if id, ok := params.Extensions[documentID].(string); ok {
		return id
	}
	apq, _ := params.Extensions[persistedQuery].(map[string]any)
	id, _ := apq["sha256Hash"].(string)
	return id
}

// MutateOperationParameters fills in the text that a client has left out. Faults that the
// library has no code for are the client's.
func (p persisted) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	known, err := p.trusted.settle(params)
	if known || err != nil {
		return err
	}
	if p.trusted != nil {
		eventFrom(ctx).stray()
	}
	if err = p.AutomaticPersistedQuery.MutateOperationParameters(ctx, params); err != nil && err.Extensions["code"] == nil {
		return refusal(codeBadInput, "The persisted query cannot be used: "+sentence(err.Message))
	}
	return err
}
