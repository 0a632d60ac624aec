package gateway

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/ringql/ringql/internal/notify"
)

// webhook is where RingCentral tells of events. It answers under any host name: RingCentral
// calls that of RINGQL_EVENTS_URL, which a tunnel may change, and who calls is known by a token
// in a header, and by nothing that a browser adds. It asks nobody to be let in: however much
// others ask, RingCentral waits for no more than 3 seconds.
func (e *edge) webhook(events *notify.Events) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, rec := time.Now(), &recorder{ResponseWriter: w, status: http.StatusOK}
		if wait := e.rates.takeCall(events, r); wait > 0 {
			tooFast(wait).write(rec, r)
		} else {
			events.ServeHTTP(rec, r)
		}
		level := slog.LevelInfo
		switch {
		case rec.status == http.StatusOK:
			level = slog.LevelDebug // there may be many, and each is counted
		case rec.status >= http.StatusInternalServerError:
			level = slog.LevelWarn // it is told again, but not for ever
		}
		e.cfg.Log.LogAttrs(r.Context(), level, "webhook", slog.Int("status", rec.status), slog.Duration("took", time.Since(start).Round(time.Microsecond)))
	})
}

// takeCall lets a webhook call once. RingCentral may as often as it likes: all of it may come
// from one address, with the strangers behind the same proxy. Before it was given a token it
// counts by the address that it calls, which strangers do not know.
func (r *rates) takeCall(events *notify.Events, call *http.Request) time.Duration {
	address, verified := events.Caller(call)
	switch {
	case verified:
		return 0
	case address != "":
		return r.take("webhook:" + address)
	}
	return r.take(clientOf(call, nil))
}
