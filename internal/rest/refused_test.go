package rest

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A token that the upstream has refused is given nothing that is remembered.
func TestRefusedTokenIsGivenNothing(t *testing.T) {
	refuse := false
	c := New(Config{Generation: OnlyV1, Who: personOf, Cache: CacheConfig{TTL: testTTL, DictionaryTTL: testTTL}, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if refuse && personOf(r.Context()) == "me" {
			return answerWith(r, 401, `{"errorCode":"OAU-128","message":"Access token expired"}`), nil
		}
		return answerWith(r, 200, `{"id":1,"records":[],"paging":{"totalElements":0}}`), nil
	})})
	me, other := context.WithValue(t.Context(), testPerson{}, "me"), context.WithValue(t.Context(), testPerson{}, "other")
	for _, ctx := range []context.Context{me, other} {
		if readOwn(ctx, c) != nil || readCountries(ctx, c) != nil {
			t.Fatal("nothing works")
		}
	}
	refuse = true
	if readOwn(me, c) != nil {
		t.Fatal("not remembered")
	}
	if _, err := c.ReadAccountServiceInfo(me, Own); err == nil {
		t.Fatal("not refused")
	}
	if readOwn(me, c) == nil || readCountries(me, c) == nil {
		t.Error("a refused token is given what is remembered")
	}
	if size := c.CacheSize(); size.Answers != 2 || size.Bytes <= 0 || readOwn(other, c) != nil {
		t.Errorf("of another's is left: %+v", size)
	}
}

// What a refused token was about to be given is not remembered either, if it comes after.
func TestAnswerAfterARefusedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Config{Cache: CacheConfig{TTL: testTTL}, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			switch r.URL.Path {
			case "/restapi/v1.0/account/2":
				return answerWith(r, 401, `{"errorCode":"OAU-213"}`), nil
			case "/restapi/v1.0/account/1":
				time.Sleep(time.Second)
			}
			return answerWith(r, 200, oneAccount), nil
		})})
		if err := readOwn(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = c.ReadAccountInfo(t.Context(), "1") })
		synctest.Wait()
		_, _ = c.ReadAccountInfo(t.Context(), "2")
		wg.Wait()
		if size := c.CacheSize(); size.Answers != 0 || size.Bytes != 0 {
			t.Errorf("%+v", size)
		}
	})
}
