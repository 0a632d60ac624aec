package sim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

func TestFaultyAnswer(t *testing.T) {
	s := newServer(t, sim.Config{})
	c := admin(t, s)
	s.FailNext("readAccountInfo", 2, sim.Fault{Status: 503, Body: "<html>", Header: http.Header{
		"Content-Type": {"text/html"}, "retry-after": {"3"}, "X-Rate-Limit-Group": nil}})
	s.FailNext("readAccountInfo", 1, sim.Fault{Status: 500})
	for range 2 {
		a := c.get(v1).want(503)
		if string(a.body) != "<html>" || a.header.Get("Content-Type") != "text/html" || a.header.Get("Retry-After") != "3" ||
			a.header.Get("X-Rate-Limit-Group") != "" || a.header.Get("RCRequestId") == "" {
			t.Errorf("answer: %v %s", a.header, a.body)
		}
	}
	c.get(v1 + "/service-info").want(200) // another operation
	c.get(v1).want(500)
	if got := c.get(v1).want(200).header.Get("X-Rate-Limit-Remaining"); got != "45" {
		t.Errorf("%s remaining: failed calls are charged", got)
	}
}

func TestFaultyWriteHasNoEffect(t *testing.T) {
	s := newServer(t, unlimited())
	s.FailNext("deletePhoneNumberById", 1, sim.Fault{Status: 503})
	c := admin(t, s)
	c.send("DELETE", v1+"/phone-number/723455008", nil).want(503)
	c.get(v1 + "/phone-number/723455008").want(200)
}

func TestBrokenConnections(t *testing.T) {
	for name, start := range map[string]func(*testing.T, *sim.Server) caller{
		"transport": func(t *testing.T, s *sim.Server) caller { return admin(t, s) },
		"server": func(t *testing.T, s *sim.Server) caller {
			srv := httptest.NewServer(s)
			t.Cleanup(srv.Close)
			c := admin(t, s)
			c.base, c.http = srv.URL, srv.Client()
			c.http.Transport.(*http.Transport).DisableKeepAlives = true // else it tries again by itself
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, unlimited())
			c := start(t, s)
			do := func() error {
				resp, err := c.http.Do(c.request("DELETE", v1+"/phone-number/723455008", nil))
				if err == nil {
					_ = resp.Body.Close()
				}
				return err
			}
			s.FailNext("deletePhoneNumberById", 1, sim.Fault{Drop: true})
			if err := do(); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
				t.Errorf("error %v", err)
			}
			c.get(v1 + "/phone-number/723455008").want(200)
			s.FailNext("deletePhoneNumberById", 1, sim.Fault{DropAfter: true})
			if err := do(); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
				t.Errorf("error %v", err)
			}
			c.get(v1 + "/phone-number/723455008").want(404)
			if got := len(s.Calls()); got != 4 {
				t.Errorf("%d calls noted, want 4", got)
			}
		})
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, unlimited())
		c := admin(t, s)
		s.FailNext("deletePhoneNumberById", 2, sim.Fault{Delay: time.Minute})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.http.Do(c.request("DELETE", v1+"/phone-number/723455008", nil).WithContext(ctx))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
		c.get(v1 + "/phone-number/723455008").want(200) // it never took effect
		start = time.Now()
		c.send("DELETE", v1+"/phone-number/723455008", nil).want(204)
		if took := time.Since(start); took != time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

func TestMangle(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	s.FailNext("readAccountInfo", 1, sim.Fault{Mangle: func(body []byte) []byte {
		return bytes.ReplaceAll(body, []byte(`"Confirmed"`), []byte(`"Brand new"`))
	}})
	same(t, "mangled", c.get(v1).want(200).object(), map[string]any{"status": "Brand new"})
	s.FailNext("readAccountPhoneNumber", 1, sim.Fault{Mangle: func(body []byte) []byte { return body[:len(body)/2] }})
	if a := c.get(v1 + "/phone-number/1,2").want(207); strings.Contains(string(a.body), "--\n") {
		t.Errorf("whole: %s", a.body)
	}
}

func TestMisspeltFaultsAreLoud(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	newServer(t, unlimited()).FailNext("readAcount", 1, sim.Fault{})
}

func TestTransportHonoursItsContract(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	body := &closing{Reader: strings.NewReader(`{}`)}
	req := c.request("POST", v1+"/department/bulk-assign", nil)
	req.Body = body
	req.Header.Set("Content-Type", "application/json")
	url := *req.URL
	resp, err := s.Transport().RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusNoContent || resp.Request != req {
		t.Fatalf("answer %+v, error %v", resp, err)
	}
	_ = resp.Body.Close()
	if !body.closed || *req.URL != url || req.RequestURI != "" || req.Pattern != "" {
		t.Errorf("closed %v, request %+v", body.closed, req)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body = &closing{Reader: strings.NewReader(`{}`)}
	req = c.request("POST", v1+"/department/bulk-assign", nil).WithContext(ctx)
	req.Body = body
	if _, err := s.Transport().RoundTrip(req); !errors.Is(err, context.Canceled) || !body.closed {
		t.Errorf("error %v, closed %v", err, body.closed)
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}
