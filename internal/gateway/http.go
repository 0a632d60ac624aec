package gateway

import (
	"context"
	"io"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/internal/admission"
)

// httpTransport answers GraphQL over HTTP, by POST and GET, in one piece, in parts or as
// events. The server library's own repeat a body they cannot read in their error, decode
// it once more, and copy the whole answer.
type httpTransport struct{ reader }

// Supports takes whatever no other transport took: the edge has checked it.
func (httpTransport) Supports(*http.Request) bool { return true }

func (t httpTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, op, refused, ok := t.prepare(w, r, exec)
	if !ok {
		return
	}
	status, next := http.StatusBadRequest, graphql.OneShot(refused)
	if refused == nil {
		status = http.StatusOK
		next, ctx = exec.DispatchOperation(ctx, op)
	}
	kind := requestFrom(ctx).kinds.whole
	if kind != typeEvents { // which begin before the first answer is there: it may take long
		first := given(next(ctx))
		if first.HasNext != nil {
			kind = requestFrom(ctx).kinds.parts
		}
		if kind != typeParts && kind != typeEvents {
			admission.Leave(ctx) // the client may be slow to read
			twinFrom(ctx).share(len(first.Errors) > 0)
			writeResponse(w, r, status, first)
			return
		}
		next = after(first, next)
	}
	twinFrom(ctx).part()
	if subscriptionFrom(ctx) != nil {
		w = endless(w)
	}
	out, end := begin(ctx, w, kind)
	defer end()
	for {
		resp := next(ctx)
		switch {
		case r.Context().Err() != nil:
			return // the client has left
		case cutOff(ctx):
			return
		case resp == nil:
			aside(ctx, out.complete)
			return
		}
		aside(ctx, func() { out.next(resp) })
	}
}

// after returns a handler that gives first, and then what rest does.
func after(first *graphql.Response, rest graphql.ResponseHandler) graphql.ResponseHandler {
	return func(ctx context.Context) *graphql.Response {
		resp := first
		if first = nil; resp != nil {
			return resp
		}
		return rest(ctx)
	}
}

// prepare finds out what r asks for. refused is what there is to say of a request that is
// not carried out. It is not ok when everything has been said.
func (t httpTransport) prepare(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) (ctx context.Context, op *graphql.OperationContext, refused *graphql.Response, ok bool) {
	ctx = r.Context()
	op, refused = t.operation(ctx, exec, requestFrom(ctx).params)
	switch {
	case refused != nil:
		return ctx, op, refused, true
	case r.Method == http.MethodGet && op.Operation.Operation == ast.Mutation:
		admission.Leave(ctx)
		w.Header().Set("Allow", "POST")
		writeErrors(w, r, http.StatusMethodNotAllowed, refusal(codeBadInput, "A mutation is not taken by GET: send it by POST."))
		return ctx, op, nil, false
	case op.Operation.Operation == ast.Subscription && requestFrom(ctx).kinds.whole != typeEvents && modeFrom(ctx) != modeDryRun:
		return ctx, op, &graphql.Response{Errors: gqlerror.List{refusal(codeBadInput,
			"A subscription has many answers: send Accept: text/event-stream, or use a WebSocket.")}}, true
	}
	return ctx, op, nil, true
}

// writeResponse writes resp. Clients that take the newer media type get the status
// of a request error; others get 200, as they expect.
func writeResponse(w http.ResponseWriter, r *http.Request, status int, resp *graphql.Response) {
	kind := requestFrom(r.Context()).kinds.whole
	if kind != typeResponse {
		kind = typeJSON
		if status == http.StatusBadRequest {
			status = http.StatusOK
		}
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := encode(w, given(resp)); err != nil {
		eventFrom(r.Context()).fail(codeInternal, err)
	}
	_, _ = io.WriteString(w, "\n")
}

// given is resp, or what is said when there is none.
func given(resp *graphql.Response) *graphql.Response {
	if resp == nil {
		resp = &graphql.Response{Errors: gqlerror.List{refusal(codeTimeout, "The request was given up.")}}
	}
	return resp
}

// writeErrors answers with errors alone.
func writeErrors(w http.ResponseWriter, r *http.Request, status int, errs ...*gqlerror.Error) {
	for _, err := range errs {
		code, _ := err.Extensions["code"].(string)
		eventFrom(r.Context()).fail(code, nil)
	}
	w.Header().Set("Content-Type", typeJSON+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = encode(w, &graphql.Response{Errors: errs}) // made of our own texts
	_, _ = io.WriteString(w, "\n")
}
