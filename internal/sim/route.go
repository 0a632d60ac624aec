package sim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// route is one operation: everything that `call.go` needs to admit a call, and the handler.
type route struct {
	operation  string // the vendor's operationId; those of the 2018 description by their name there
	pattern    string // method and path
	canonical  string // the path in uris, where it is spelt otherwise than in requests
	group      string // rate-limit group
	scope      string // what the app needs
	permission string // what the user needs
	admin      bool   // administrators alone: it changes the account, and no permission is documented for it
	era        era

	many     string   // path parameter that may hold several ids
	filters  []string // query parameters that a list knows, and echoes in its uri
	perPage  int      // of the list, unless the call says; zero means 100
	tagged   bool     // answers carry an ETag, and who has that one already gets 304
	created  bool     // serves the accounts created here too, for apps that may create them
	action   string   // the last segment, where http.ServeMux would refuse it beside another pattern: see mount
	open     bool     // works without an access token; the handler charges the call
	extended bool     // the refusal for another's extension speaks of extended scope

	do func(*call) reply
}

// era says which descriptions list an operation.
type era int

const (
	current    era = iota // v1.0, in the 2018 description and in today's
	legacyOnly            // v1.0, in the 2018 description only
	v2                    // in today's only
)

// path returns the pattern without its method.
func (rt *route) path() string {
	_, p, _ := strings.Cut(rt.pattern, " ")
	return p
}

func (rt *route) method() string {
	m, _, _ := strings.Cut(rt.pattern, " ")
	return m
}

// serves reports whether the configured generation has the operation.
func (s *Server) serves(rt *route) bool {
	switch rt.era {
	case v2:
		return s.cfg.Generation != Legacy
	case legacyOnly:
		return s.cfg.Generation != Current
	}
	return true
}

// mount registers each path once and picks the method itself: http.ServeMux would answer a wrong method in plain text. Of
// "{id}/replace" and "bulk-add/{taskId}" neither is the more special for it, so the first is registered as "{id}/{action}".
func (s *Server) mount() {
	paths := map[string]map[string]*route{}
	for _, rt := range s.routes {
		path := rt.path()
		if rt.action != "" {
			path = strings.TrimSuffix(path, rt.action) + "{action}"
		}
		if paths[path] == nil {
			paths[path] = map[string]*route{}
		}
		paths[path][rt.method()] = rt
	}
	for path, methods := range paths {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if action := r.PathValue("action"); action != "" && !hasAction(methods, action) {
				s.unknown(w, r)
				return
			}
			s.dispatch(w, r, methods)
		})
	}
	s.mux.HandleFunc("GET "+socketPath, s.connect)
	s.mux.HandleFunc("/", s.unknown)
}

func hasAction(methods map[string]*route, action string) bool {
	for _, rt := range methods {
		if rt.action == action {
			return true
		}
	}
	return false
}

func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, methods map[string]*route) {
	if rt := methods[r.Method]; rt != nil {
		if s.serves(rt) {
			s.handle(w, r, rt)
		} else {
			s.unknown(w, r)
		}
		return
	}
	var allow []string
	for _, method := range slices.Sorted(maps.Keys(methods)) {
		if s.serves(methods[method]) {
			allow = append(allow, method)
		}
	}
	if allow == nil {
		s.unknown(w, r)
		return
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	s.turnAway(w, r, problem{status: http.StatusMethodNotAllowed, ErrorCode: "CMN-202", Message: "Operation is not supported"})
}

// unknown answers what no operation serves. It comes before every other check, since nothing says what to check.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	s.turnAway(w, r, problem{status: http.StatusNotFound, ErrorCode: "CMN-120", Message: "Invalid URI"})
}

func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, p problem) {
	rt := &route{group: "none"}
	if strings.HasPrefix(r.URL.Path, "/restapi/v2/") {
		rt.era = v2
	}
	s.journal.meet(rt, r)
	s.write(w, &call{Request: r, route: rt}, refused(p), Fault{})
}
