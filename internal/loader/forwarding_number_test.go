package loader_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// longList answers with pages of a list of so many forwarding numbers, whatever is asked.
type longList struct {
	rows  int
	calls int
}

func (l *longList) RoundTrip(r *http.Request) (*http.Response, error) {
	l.calls++
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("perPage"))
	var rows []string
	for i := (page - 1) * size; i < min(page*size, l.rows); i++ {
		rows = append(rows, fmt.Sprintf(`{"id":"%d"}`, i+1))
	}
	body := fmt.Sprintf(`{"uri":"/account/7/extension/8","records":[%s],"paging":{"page":%d,"perPage":%d,"totalElements":%d}}`, strings.Join(rows, ","), page, size, l.rows)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// A list is read with one call, as every list is short; and whole, should one not be.
func TestAllForwardingNumbers(t *testing.T) {
	for _, tt := range []struct{ rows, calls int }{{3, 1}, {100, 1}, {101, 2}, {1500, 3}} {
		up := &longList{rows: tt.rows}
		who := func(context.Context) string { return "somebody" }
		ctx := loader.With(t.Context(), loader.Config{
			REST: rest.New(rest.Config{BaseURL: "http://upstream", Transport: up}), Memory: loader.NewMemory(), Gate: budget.NewGate(), Who: who,
		})
		all, err := loader.For(ctx).AllForwardingNumbers(ctx, rest.ExtensionID{Key: rest.Key{Account: "7", RCID: "8"}})
		if err != nil || len(all) != tt.rows || up.calls != tt.calls {
			t.Errorf("%d of %d rows in %d calls, want %d: %v", len(all), tt.rows, up.calls, tt.calls, err)
		}
		for i, n := range all {
			if n.ID.RCID != strconv.Itoa(i+1) || n.ID.Extension != "8" || n.ID.Account != "7" {
				t.Fatalf("row %d is %+v", i, n.ID)
			}
		}
	}
}

// A list that contradicts itself is none.
func TestAllForwardingNumbersOfNonsense(t *testing.T) {
	up := &nonsense{}
	ctx := loader.With(t.Context(), loader.Config{
		REST: rest.New(rest.Config{BaseURL: "http://upstream", Transport: up}), Memory: loader.NewMemory(), Gate: budget.NewGate(),
		Who: func(context.Context) string { return "somebody" },
	})
	_, err := loader.For(ctx).AllForwardingNumbers(ctx, rest.ExtensionID{Key: rest.Key{Account: "7", RCID: "8"}})
	if !errors.Is(err, rest.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

type nonsense struct{}

func (nonsense) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"records":[{"id":"1"}],"paging":{"page":1,"perPage":100,"totalElements":5}}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
