package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"golang.org/x/sync/errgroup"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// replay is an upstream that answers at once: the simulator's answers, taken once.
// What is measured then is the gateway, not the simulator.
type replay struct {
	next  http.RoundTripper
	known sync.Map // request -> *recorded
	calls atomic.Int64
}

type recorded struct {
	status int
	header http.Header
	body   []byte
}

func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	r.calls.Add(1)
	key := req.Method + " " + req.URL.RequestURI() + " " + req.Header.Get("Accept")
	known, ok := r.known.Load(key)
	if !ok {
		resp, err := r.next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		known, _ = r.known.LoadOrStore(key, &recorded{resp.StatusCode, resp.Header, body})
	}
	a := known.(*recorded)
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: req}, nil
}

// the query of the README's promise: 1,000 extensions with numbers and devices.
const wide = `{ account { extensions(first: 1000) { nodes { name phoneNumbers(first: 10) { nodes { phoneNumber } } devices(first: 5) { nodes { name } } } } } }`

// rivals answer the wide query: the gateway, and two handlers written by hand for
// this one answer. One uses the gateway's own client; the other decodes nothing
// but the fields it needs.
func rivals(b *testing.B, extensions, numbers int) (up *replay, handlers map[string]func() []byte) {
	b.Helper()
	s, err := sim.New(sim.Config{Extensions: extensions, Numbers: numbers, Limits: unlimited})
	if err != nil {
		b.Fatal(err)
	}
	up = &replay{next: s.Transport()}
	made := func(cache rest.CacheConfig) (*rest.Client, *gateway.Gateway) {
		gate := budget.NewGate()
		client := rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Cache: cache, Transport: rest.Chain(up, rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key))})
		g, err := gateway.New(gateway.Config{REST: client, Gate: gate})
		if err != nil {
			b.Fatal(err)
		}
		return client, g
	}
	client, g := made(rest.CacheConfig{})
	_, remembers := made(rest.CacheConfig{TTL: time.Hour})
	token := "Bearer " + s.Token(sim.AdministratorID)
	body, _ := json.Marshal(map[string]string{"query": wide})
	person, _ := new(auth.Authenticator).Identify(token, "")
	ctx := auth.With(context.Background(), person)
	ask := func(g http.Handler) func() []byte {
		return func() []byte {
			r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", token)
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			return w.Body.Bytes()
		}
	}
	return up, map[string]func() []byte{
		"gateway":                ask(g),
		"gateway that remembers": ask(remembers),
		"by hand":                func() []byte { return byHand(ctx, client) },
		"by hand, only these fields": func() []byte {
			return selectedByHand(http.Client{Transport: up}, token)
		},
	}
}

type nodes[T any] struct {
	Nodes []T `json:"nodes"`
}

type (
	phoneNode struct {
		PhoneNumber string `json:"phoneNumber"`
	}
	deviceNode struct {
		Name string `json:"name"`
	}
	extNode struct {
		Name         string            `json:"name"`
		PhoneNumbers nodes[phoneNode]  `json:"phoneNumbers"`
		Devices      nodes[deviceNode] `json:"devices"`
	}
	wideAnswer struct {
		Data struct {
			Account struct {
				Extensions nodes[extNode] `json:"extensions"`
			} `json:"account"`
		} `json:"data"`
	}
)

// byHand fetches the data with as few calls as the gateway, at once where it can.
func byHand(ctx context.Context, c *rest.Client) []byte {
	page, err := c.ListExtensions(ctx, rest.Own, rest.ExtensionFilter{}, 1, 1000)
	if err != nil {
		panic(err)
	}
	ids := make([]string, len(page.Records))
	for i := range ids {
		ids[i] = page.Records[i].ID.RCID
	}
	var g errgroup.Group
	var devices map[string]rest.Result[*rest.Page[rest.Device]]
	numbers := map[string][]phoneNode{}
	g.Go(func() error {
		devices = c.ListExtensionDevices(ctx, rest.Own, ids, rest.DeviceFilter{}, 1, 5)
		return nil
	})
	g.Go(func() error {
		for n := 1; ; n++ {
			p, err := c.ListAccountPhoneNumbers(ctx, rest.Own, rest.PhoneNumberFilter{}, n, 1000)
			if err != nil {
				return err
			}
			for i := range p.Records {
				if o := p.Records[i].Owner; o != nil {
					numbers[o.ID.RCID] = append(numbers[o.ID.RCID], phoneNode{p.Records[i].PhoneNumber})
				}
			}
			if n*1000 >= *p.Paging.TotalElements {
				return nil
			}
		}
	})
	if err := g.Wait(); err != nil {
		panic(err)
	}
	var out wideAnswer
	rows := make([]extNode, len(page.Records))
	for i, id := range ids {
		rows[i].Name = page.Records[i].Name
		rows[i].PhoneNumbers.Nodes = numbers[id][:min(10, len(numbers[id]))]
		for _, d := range devices[id].Value.Records {
			rows[i].Devices.Nodes = append(rows[i].Devices.Nodes, deviceNode{d.Name})
		}
	}
	out.Data.Account.Extensions.Nodes = rows
	b, err := jsonv2.Marshal(out)
	if err != nil {
		panic(err)
	}
	return b
}

// selectedByHand decodes nothing but what it answers.
func selectedByHand(c http.Client, token string) []byte {
	get := func(path, accept string, into any) {
		req, _ := http.NewRequest(http.MethodGet, "http://upstream/restapi/v1.0/account/~/"+path, nil)
		req.Header.Set("Authorization", token)
		req.Header.Set("Accept", accept)
		resp, err := c.Do(req)
		if err != nil {
			panic(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if err == nil {
			err = jsonv2.Unmarshal(b, into)
		}
		if err != nil {
			panic(err)
		}
	}
	type id struct {
		ID int64 `json:"id"`
	}
	var list struct {
		Records []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"records"`
	}
	get("extension?page=1&perPage=1000", "application/json", &list)
	var g errgroup.Group
	g.SetLimit(8)
	type numberPage struct {
		Records []struct {
			PhoneNumber string `json:"phoneNumber"`
			Extension   *id    `json:"extension"`
		} `json:"records"`
		Paging struct {
			TotalPages int `json:"totalPages"`
		} `json:"paging"`
	}
	var first numberPage
	g.Go(func() error { get("phone-number?page=1&perPage=1000", "application/json", &first); return nil })
	var chunks [][]struct {
		Body struct {
			Records []deviceNode `json:"records"`
		} `json:"body"`
	}
	all := make([]string, len(list.Records))
	for i := range all {
		all[i] = fmt.Sprint(list.Records[i].ID)
	}
	asked := slices.Sorted(slices.Values(all))
	for chunk := range slices.Chunk(asked, 50) {
		n := len(chunks)
		chunks = append(chunks, nil)
		g.Go(func() error {
			var parts []struct {
				Body struct {
					Records []deviceNode `json:"records"`
				} `json:"body"`
			}
			get("extension/"+strings.Join(chunk, ",")+"/device?page=1&perPage=5", "application/vnd.ringcentral.multipart+json", &parts)
			chunks[n] = parts
			return nil
		})
	}
	_ = g.Wait()
	pages := []numberPage{first}
	for n := 2; n <= first.Paging.TotalPages; n++ {
		var p numberPage
		get(fmt.Sprintf("phone-number?page=%d&perPage=1000", n), "application/json", &p)
		pages = append(pages, p)
	}
	numbers := map[int64][]phoneNode{}
	for _, p := range pages {
		for _, r := range p.Records {
			if r.Extension != nil {
				numbers[r.Extension.ID] = append(numbers[r.Extension.ID], phoneNode{r.PhoneNumber})
			}
		}
	}
	devices := map[string][]deviceNode{}
	for i, ext := range asked {
		devices[ext] = chunks[i/50][i%50].Body.Records
	}
	var out wideAnswer
	rows := make([]extNode, len(list.Records))
	for i, r := range list.Records {
		rows[i].Name = r.Name
		rows[i].PhoneNumbers.Nodes = numbers[r.ID][:min(10, len(numbers[r.ID]))]
		rows[i].Devices.Nodes = devices[all[i]]
	}
	out.Data.Account.Extensions.Nodes = rows
	b, err := jsonv2.Marshal(out)
	if err != nil {
		panic(err)
	}
	return b
}

// BenchmarkWide times the rivals in turn, within one run, since machines are noisy;
// what counts are the ratios. Allocations and upstream calls are exact.
func BenchmarkWide(b *testing.B) {
	up, handlers := rivals(b, 1000, 2000)
	names := []string{"gateway", "gateway that remembers", "by hand", "by hand, only these fields"}
	took, mallocs, calls := map[string]time.Duration{}, map[string]uint64{}, map[string]int64{}
	want := handlers["by hand"]()
	for _, name := range names { // warm, and the answers are the same
		if got := handlers[name](); !sameJSON(b, got, want) {
			b.Fatalf("%s answers something else: %.300s", name, got)
		}
	}
	rounds := 0
	var m runtime.MemStats
	for b.Loop() {
		rounds++
		for _, name := range names {
			runtime.GC()
			runtime.ReadMemStats(&m)
			before, sent := m.Mallocs, up.calls.Load()
			start := time.Now()
			handlers[name]()
			took[name] += time.Since(start)
			runtime.ReadMemStats(&m)
			mallocs[name] += m.Mallocs - before
			calls[name] += up.calls.Load() - sent
		}
	}
	b.ReportMetric(0, "ns/op")
	var out strings.Builder
	for _, name := range names {
		n := float64(rounds)
		fmt.Fprintf(&out, "\n%-28s %7.1f q/s (%.2f of the gateway's) %9.0f allocations (%.2f) %3.0f upstream calls", name,
			n/took[name].Seconds(), took["gateway"].Seconds()/took[name].Seconds(),
			float64(mallocs[name])/n, float64(mallocs[name])/float64(mallocs["gateway"]), float64(calls[name])/n)
	}
	b.Log(out.String())
}

// sameJSON says whether two answers are the same but for the order of numbers.
func sameJSON(tb testing.TB, a, b []byte) bool {
	tb.Helper()
	var both [2]wideAnswer
	for i, text := range [][]byte{a, b} {
		if err := json.Unmarshal(text, &both[i]); err != nil {
			tb.Fatal(err)
		}
		for _, ext := range both[i].Data.Account.Extensions.Nodes {
			slices.SortFunc(ext.PhoneNumbers.Nodes, func(x, y phoneNode) int { return strings.Compare(x.PhoneNumber, y.PhoneNumber) })
		}
	}
	return fmt.Sprint(both[0]) == fmt.Sprint(both[1])
}

// BenchmarkFlat is the plain list: 100 extensions, one call.
func BenchmarkFlat(b *testing.B) {
	up, _ := rivals(b, 100, 1)
	gate := budget.NewGate()
	client := rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Transport: rest.Chain(up, budget.Transport(gate, auth.Key))})
	g, err := gateway.New(gateway.Config{REST: client, Gate: gate})
	if err != nil {
		b.Fatal(err)
	}
	s, _ := sim.New(sim.Config{Extensions: 100, Limits: unlimited})
	up.next = s.Transport()
	token := "Bearer " + s.Token(sim.AdministratorID)
	up.next = bearer{s.Transport(), token}
	body := `{"query":"{ account { extensions(first: 100) { nodes { id rcId name extensionNumber type status contact { firstName lastName email } } } } }"}`
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", token)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !bytes.Contains(w.Body.Bytes(), []byte("John Smith")) {
			b.Fatal(w.Body.String())
		}
	}
}

// bearer adds a token.
type bearer struct {
	next  http.RoundTripper
	token string
}

func (t bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", t.token)
	return t.next.RoundTrip(r)
}
