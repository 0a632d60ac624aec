package sim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
)

func (s *Server) numberPoolRoutes() []*route {
	return []*route{
		{operation: "lookupPhoneNumbers", pattern: "POST /restapi/v1.0/number-pool/lookup", group: "medium", scope: "NumberLookup",
			era: legacyOnly, do: s.lookupPhoneNumbers},
		{operation: "reservePhoneNumbers", pattern: "POST /restapi/v1.0/number-pool/reserve", group: "medium", scope: "NumberLookup",
			era: legacyOnly, do: s.reservePhoneNumbers},
	}
}

// numberPool holds the numbers that are for sale, in the order they are offered. Those that the company has got meanwhile stay in
// it, and are not offered. It is made when it is first needed, which is always under the lock for writing: both operations are
// POST.
type numberPool struct {
	seed         uint64
	numbers      []*poolNumber
	dialable     map[string]*poolNumber
	reservations map[string]*reservation // by number
}

// poolNumber is a number for sale.
type poolNumber struct {
	number   string // E.164
	country  *poolCountry
	area     string
	local    string // what follows the area code
	tollFree bool
	sms      bool
	provider int
	slow     bool // its carrier is asked first: a reservation is pending
}

// poolCountry is a country that has numbers for sale, under the upstream's own id.
type poolCountry struct {
	id, iso, calling string
	localDigits      int // of a number without its area code
	areas            []string
}

var poolCountries = [...]*poolCountry{
	{id: "1", iso: "US", calling: "1", localDigits: 7},
	{id: "39", iso: "CA", calling: "1", localDigits: 7, areas: []string{"416", "514", "604", "647"}},
	{id: "224", iso: "GB", calling: "44", localDigits: 8, areas: []string{"20"}},
}

// addExamples adds what is always for sale, before the rest, and tests may name:
//
//	+16505550180   San Mateo, for texts too
//	+16505550181   San Mateo, for voice only
//	+16505550182   San Mateo, of a carrier that takes its time: reservations are Pending
//	+16505550183   San Mateo, reserved by another for thirty days
//	+16502255669   650-CALL-NOW
//	+18882255669   888-CALL-NOW
//	+16475550180   Toronto
func (p *numberPool) addExamples(now time.Time) {
	us, ca := poolCountries[0], poolCountries[1]
	p.add(&poolNumber{country: us, area: "650", local: "5550180", sms: true, provider: 1})
	p.add(&poolNumber{country: us, area: "650", local: "5550181", provider: 1})
	p.add(&poolNumber{country: us, area: "650", local: "5550182", sms: true, provider: 2, slow: true})
	p.add(&poolNumber{country: us, area: "650", local: "5550183", sms: true, provider: 2})
	p.add(&poolNumber{country: us, area: "650", local: "2255669", sms: true, provider: 1})
	p.add(&poolNumber{country: us, area: "888", local: "2255669", provider: 1, tollFree: true})
	p.add(&poolNumber{country: ca, area: "647", local: "5550180", sms: true, provider: 1})
	p.reservations["+16505550183"] = &reservation{number: "+16505550183", holder: "brand", till: now.Add(maxByBrand)}
}

// perArea is how many numbers each area code has for sale.
const perArea = 40

// stock fills the pool the first time it is needed.
func (p *numberPool) stock(now time.Time) {
	if p.dialable != nil {
		return
	}
	p.dialable, p.reservations = map[string]*poolNumber{}, map[string]*reservation{}
	p.addExamples(now)
	rng := rand.New(rand.NewPCG(p.seed, 0x706f6f6c)) // its own, so that the company stays as it is
	us := poolCountries[0]
	for _, area := range areas {
		p.fill(rng, us, area.code, false)
	}
	for _, code := range tollFreeAreas {
		p.fill(rng, us, code, true)
	}
	for _, country := range poolCountries[1:] {
		for _, code := range country.areas {
			p.fill(rng, country, code, false)
		}
	}
}

func (p *numberPool) fill(rng *rand.Rand, country *poolCountry, area string, tollFree bool) {
	for range perArea {
		n := &poolNumber{country: country, area: area, tollFree: tollFree, provider: 1 + rng.IntN(2), sms: rng.IntN(100) < 85}
		exchange := 200 + rng.IntN(800)
		if exchange%100 == 11 {
			exchange++
		}
		n.local = fmt.Sprintf("%03d%0*d", exchange, country.localDigits-3, rng.IntN(10_000))
		p.add(n)
	}
}

func (p *numberPool) add(n *poolNumber) {
	n.number = "+" + n.country.calling + n.area + n.local
	if p.dialable[n.number] != nil {
		return
	}
	p.numbers = append(p.numbers, n)
	p.dialable[n.number] = n
}

// availableNumber is a number as a lookup shows it.
type availableNumber struct {
	PhoneNumber     string `json:"phoneNumber"`
	FormattedNumber string `json:"formattedNumber"`
	VanityPattern   string `json:"vanityPattern,omitempty"`
	Rank            int    `json:"rank,omitempty"`
}

type availableNumbers struct {
	URI     string            `json:"uri"`
	Records []availableNumber `json:"records"`
}

// lookupPhoneNumbers offers numbers. There are no pages: who wants others asks again, more closely.
func (s *Server) lookupPhoneNumbers(c *call) reply {
	want, p := c.numberSearch()
	if p != nil {
		return refused(*p)
	}
	pool := &s.company.pool
	pool.stock(c.start)
	out := availableNumbers{URI: c.base + c.route.path(), Records: []availableNumber{}}
	for _, n := range pool.numbers {
		if rank := want.rank(n); rank > 0 && s.company.offers(n, c.start) {
			out.Records = append(out.Records, want.shape(n, rank))
		}
	}
	slices.SortStableFunc(out.Records, func(a, b availableNumber) int { return cmp.Compare(b.Rank, a.Rank) })
	out.Records = out.Records[:min(len(out.Records), want.most)]
	return found(out)
}

// offers reports whether a number of the pool can still be had.
func (co *company) offers(n *poolNumber, now time.Time) bool {
	return co.dialable[n.number] == nil && co.pool.reserved(n.number, now) == nil
}

// numberSearch is what a lookup asks for.
type numberSearch struct {
	country  *poolCountry
	area     string
	payments set
	exclude  []string
	provider int
	sms      *bool
	pattern  string // as asked for, padded with stars to the whole local number
	digits   string // the same with letters as on the keys
	extended bool
	most     int
}

// rank says how well a number fits, from 10 down to 1; 0 if it does not.
func (w *numberSearch) rank(n *poolNumber) int {
	payment := "Local"
	if n.tollFree {
		payment = "TollFree"
	}
	if n.country != w.country || w.area != "" && w.area != n.area || !w.payments.has(payment) ||
		w.provider != 0 && w.provider != n.provider || w.sms != nil && *w.sms != n.sms {
		return 0
	}
	for _, digits := range w.exclude {
		if strings.Contains(n.local[len(n.local)-4:], digits) {
			return 0
		}
	}
	off := 0
	for i := range w.digits {
		if w.digits[i] != '*' && w.digits[i] != n.local[i] {
			off++
		}
	}
	if off > 0 && !w.extended {
		return 0
	}
	return max(1, 10-off)
}

func (w *numberSearch) shape(n *poolNumber, rank int) availableNumber {
	out := availableNumber{PhoneNumber: n.number, FormattedNumber: domestic(n.number)}
	if w.extended {
		out.Rank = rank
	}
	if rank == 10 && w.pattern != w.digits { // letters were asked for
		out.VanityPattern = w.pattern
	}
	return out
}

// numberSearch reads the parameters of a lookup, which are all in the query.
func (c *call) numberSearch() (*numberSearch, *problem) {
	w := &numberSearch{payments: set{"Local"}, exclude: c.query["exclude"]}
	if c.query.Has("paymentType") {
		if p := c.choose(choice{"paymentType", &w.payments, []string{"TollFree", "Local"}, false}); p != nil {
			return nil, p
		}
	}
	var ok bool
	if w.most, ok = positive(c.query, "perPage", 10); !ok {
		return nil, invalid("perPage")
	}
	w.most = min(w.most, maxPage)
	for _, digits := range w.exclude {
		if !isDigits(digits) {
			return nil, invalid("exclude")
		}
	}
	var p *problem
	if w.sms, p = c.flag("smsEnabled"); p != nil {
		return nil, p
	}
	extended, p := c.flag("extendedSearch")
	if p != nil {
		return nil, p
	}
	if p := c.searchedArea(w); p != nil {
		return nil, p
	}
	if p := c.searchedPattern(w); p != nil {
		return nil, p
	}
	// Alternatives to a pattern that begins with anything but digits would be everything.
	w.extended = extended != nil && *extended && (w.digits == "" || isDigits(w.pattern[:3]))
	return w, nil
}

// searchedArea finds out where to look: in a country, and there in one area, unless a provider is named.
func (c *call) searchedArea(w *numberSearch) *problem {
	id, iso := c.query.Get("countryId"), c.query.Get("countryCode")
	for _, country := range poolCountries {
		if (id == "" || id == country.id) && (iso == "" || iso == country.iso) {
			w.country = country
			break
		}
	}
	switch {
	case w.country == nil && iso != "":
		return invalid("countryCode")
	case w.country == nil:
		return invalid("countryId")
	}
	if c.query.Has("providerId") {
		var ok bool
		if w.provider, ok = positive(c.query, "providerId", 0); !ok {
			return invalid("providerId")
		}
	}
	npa, area := c.query.Get("npa"), c.query.Get("areaCode")
	switch w.area = cmp.Or(npa, area); {
	case w.area == "" && w.provider == 0:
		return missing("npa")
	case npa != "" && (!isDigits(npa) || w.country.calling == "1" && len(npa) != 3):
		return invalid("npa")
	case area != "" && (!isDigits(area) || npa != "" && npa != area):
		return invalid("areaCode")
	}
	return nil
}

// searchedPattern reads which digits are wanted where.
func (c *call) searchedPattern(w *numberSearch) *problem {
	nxx, line, whole := c.query.Get("nxx"), c.query.Get("line"), c.query.Get("numberPattern")
	digits := w.country.localDigits
	switch {
	case len(nxx) > 3 || !isPattern(nxx):
		return invalid("nxx")
	case len(line) > digits-3 || !isPattern(line):
		return invalid("line")
	case len(whole) > digits || !isPattern(whole) || whole != "" && nxx+line != "":
		return invalid("numberPattern")
	case nxx+line+whole == "":
		return nil
	}
	if whole == "" {
		whole = padded(nxx, 3) + line
	}
	w.pattern = strings.ToUpper(padded(whole, digits))
	w.digits = strings.Map(onKeys, w.pattern)
	return nil
}

func padded(pattern string, size int) string { return pattern + strings.Repeat("*", size-len(pattern)) }

// isPattern allows digits, letters and stars.
func isPattern(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '*'
	})
}

// onKeys replaces a letter by the digit on whose key it stands.
func onKeys(r rune) rune {
	if r < 'A' || r > 'Z' {
		return r
	}
	const keys = "22233344455566677778889999"
	return rune(keys[r-'A'])
}

// domestic writes a number as it is written in the United States: those of there in their national form.
func domestic(number string) string {
	n, err := phonenumbers.Parse(number, "")
	if err != nil {
		return number
	}
	if n.GetCountryCode() == 1 {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
