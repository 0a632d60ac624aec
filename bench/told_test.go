package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// told is what refusals have told us: who sends before the time they named has passed
// does so knowing better.
type told struct {
	until   map[budgetOf]time.Time
	knowing int
}

// budgetOf is a budget by person and group, as one replica sees it. That of everything
// that it sends has neither.
type budgetOf struct{ replica, person, group int }

func ofAll(replica int) budgetOf { return budgetOf{replica, -1, -1} }

// sent counts a call of ours.
func (k *told) sent(b budgetOf, now time.Time) {
	if now.Before(k.until[b]) || now.Before(k.until[ofAll(b.replica)]) {
		k.knowing++
	}
}

// answered reads a refusal that has come back.
func (k *told) answered(b budgetOf, now time.Time, resp *http.Response) {
	if resp.StatusCode != http.StatusTooManyRequests {
		return
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err) // it lies in memory
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var refusal struct{ ErrorCode string }
	_ = json.Unmarshal(body, &refusal) // without a code it is the budget's
	away := 30 * time.Second           // "should be retried in 30 seconds or later"
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		away = time.Duration(s) * time.Second
	}
	switch refusal.ErrorCode {
	case "CMN-304": // the call alone: another like it was under way
		return
	case "CMN-310":
		b = ofAll(b.replica)
	}
	if end := now.Add(away); end.After(k.until[b]) {
		k.until[b] = end
	}
}
