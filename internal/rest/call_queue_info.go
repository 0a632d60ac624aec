package rest

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"github.com/ringql/ringql/internal/budget"
)

// CallQueue is an extension of type Department, as a call queue.
type CallQueue struct {
	ID              CallQueueID      `json:"id"`
	URI             string           `json:"uri"`
	ExtensionNumber string           `json:"extensionNumber"`
	Name            string           `json:"name"`
	Status          ExtensionStatus  `json:"status"`
	SubType         ExtensionSubType `json:"subType"`
	Site            *Site            `json:"site"`

	// Settings are complete only in the read by id: Whole says so.
	Settings CallQueueSettings `json:",embed"`
	Whole    bool              `json:"-"`
}

// CallQueueSettings are what the list of queues leaves out.
type CallQueueSettings struct {
	ServiceLevelSettings *CallQueueInfo `json:"serviceLevelSettings"`
	EditableMemberStatus *bool          `json:"editableMemberStatus"`
	AlertTimer           *int           `json:"alertTimer"`
}

// RcID is the upstream's own id.
func (q *CallQueue) RcID() string { return q.ID.RCID }

// RawStatus is Status as the upstream wrote it.
func (q *CallQueue) RawStatus() string { return string(q.Status) }

// RawSubType is SubType as the upstream wrote it.
func (q *CallQueue) RawSubType() string { return string(q.SubType) }

// In returns q as one of an account.
func (q *CallQueue) In(account string) *CallQueue {
	out := *q
	out.ID.Account = account
	return &out
}

// place says which account q belongs to: what its own uri says, else what was asked for.
func (q *CallQueue) place(account, uri string) {
	q.ID.Account = first(AccountOf(q.URI), first(AccountOf(uri), account))
}

// CallQueueUpdate is what is to be changed of a call queue: what is nil stays.
type CallQueueUpdate struct {
	ExtensionNumber      *string          `json:"extensionNumber,omitzero"`
	Name                 *string          `json:"name,omitzero"`
	Status               *ExtensionStatus `json:"status,omitzero"`
	SubType              *string          `json:"subType,omitzero"`
	Site                 *ByID            `json:"site,omitzero"`
	ServiceLevelSettings *ServiceLevel    `json:"serviceLevelSettings,omitzero"`
	EditableMemberStatus *bool            `json:"editableMemberStatus,omitzero"`
	AlertTimer           *int             `json:"alertTimer,omitzero"`
}

// Frozen is the status that no call queue can have.
const Frozen ExtensionStatus = "Frozen"

// SeenIn says whether q is as u wants it.
func (u CallQueueUpdate) SeenIn(q *CallQueue) bool {
	level, now := ServiceLevel{}, CallQueueInfo{}
	if u.ServiceLevelSettings != nil {
		level = *u.ServiceLevelSettings
	}
	if q.Settings.ServiceLevelSettings != nil {
		now = *q.Settings.ServiceLevelSettings
	}
	site := u.Site == nil || q.Site != nil && string(q.Site.RCID) == u.Site.ID
	return site && is(u.ExtensionNumber, &q.ExtensionNumber) && is(u.Name, &q.Name) && is(u.Status, &q.Status) &&
		(u.SubType == nil || *u.SubType == cmp.Or(string(q.SubType), UnknownSubType)) &&
		is(u.EditableMemberStatus, q.Settings.EditableMemberStatus) && is(u.AlertTimer, q.Settings.AlertTimer) &&
		is(level.SLAGoal, now.SLAGoal) && is(level.SLAThresholdSeconds, now.SLAThresholdSeconds) &&
		is(level.IncludeAbandonedCalls, now.IncludeAbandonedCalls) && is(level.AbandonedThresholdSeconds, now.AbandonedThresholdSeconds)
}

// is says whether a value is what was wanted, if anything was.
func is[T comparable](wanted, now *T) bool { return wanted == nil || now != nil && *now == *wanted }

// The kinds of call queues, as requests write them.
const (
	EmergencySubType = "Emergency"
	UnknownSubType   = "Unknown"
)

// ServiceLevel is CallQueueInfo in a request.
type ServiceLevel struct {
	SLAGoal                   *int  `json:"slaGoal,omitzero"`
	SLAThresholdSeconds       *int  `json:"slaThresholdSeconds,omitzero"`
	IncludeAbandonedCalls     *bool `json:"includeAbandonedCalls,omitzero"`
	AbandonedThresholdSeconds *int  `json:"abandonedThresholdSeconds,omitzero"`
}

var (
	listCallQueues = op("listCallQueues",
		"GET /restapi/v1.0/account/{accountId}/call-queues", budget.Medium, V1, "ReadAccounts", "ReadExtensions").
		shows(ExtensionInfo, CallHandling)
	readCallQueueInfo = op("readCallQueueInfo",
		"GET /restapi/v1.0/account/{accountId}/call-queues/{groupId}", budget.Light, V1, "ReadAccounts", "ReadExtensions").
		shows(ExtensionInfo, CallHandling)
	updateCallQueueInfo = op("updateCallQueueInfo",
		"PUT /restapi/v1.0/account/{accountId}/call-queues/{groupId}", budget.Light, V1, "EditExtensions", "EditUserInfo")
	updateUserCallQueues = op("updateUserCallQueues",
		"PUT /restapi/v1.0/account/{accountId}/extension/{extensionId}/call-queues", budget.Medium, V1, "EditAccounts", "EditCallQueuePresence")
)

// ListCallQueues returns one page of an account's call queues, without their settings:
// all, or those that an extension is a member of.
func (c *Client) ListCallQueues(ctx context.Context, account, member string, page, perPage int) (*Page[CallQueue], error) {
	q := url.Values{}
	if member != "" {
		q.Set("memberExtensionId", member)
	}
	return read(ctx, c, listCallQueues.at(account).where(paged(q, page, perPage)), func(p *Page[CallQueue]) error {
		for i := range p.Records {
			p.Records[i].place(account, p.URI)
		}
		return checked(listCallQueues, p, (*CallQueue).RcID)
	})
}

// ReadCallQueueInfo returns a call queue with its settings.
func (c *Client) ReadCallQueueInfo(ctx context.Context, id CallQueueID) (*CallQueue, error) {
	return c.oneCallQueue(ctx, readCallQueueInfo.at(id.Account, id.RCID), id)
}

// UpdateCallQueueInfo changes a call queue and returns it as it is then.
func (c *Client) UpdateCallQueueInfo(ctx context.Context, id CallQueueID, to CallQueueUpdate) (*CallQueue, error) {
	return c.oneCallQueue(ctx, updateCallQueueInfo.at(id.Account, id.RCID).send(to), id)
}

func (c *Client) oneCallQueue(ctx context.Context, r request, id CallQueueID) (*CallQueue, error) {
	return read(ctx, c, r, func(q *CallQueue) error {
		q.place(id.Account, "")
		q.Whole = true
		return named(r.op, (*CallQueue).RcID)(id.RCID, q)
	})
}

// UpdateUserCallQueues makes an extension a member of queues, and of no others. The
// answer names those it is a member of then.
func (c *Client) UpdateUserCallQueues(ctx context.Context, ext ExtensionID, queues []string) ([]CallQueue, error) {
	type records struct {
		Records []ByID `json:"records"`
	}
	body := records{make([]ByID, len(queues))}
	for i, id := range queues {
		body.Records[i] = ByID{id}
	}
	p, err := call[Page[CallQueue]](ctx, c, updateUserCallQueues.at(ext.Account, ext.RCID).send(body))
	if err != nil {
		return nil, err
	}
	told := map[string]bool{}
	for i := range p.Records {
		told[p.Records[i].RcID()] = true
	}
	missing := func(id string) bool { return !told[id] }
	if len(p.Records) != len(queues) || slices.ContainsFunc(queues, missing) {
		return nil, nonsense(updateUserCallQueues, "other queues than those asked for")
	}
	for i := range p.Records {
		p.Records[i].place(ext.Account, p.URI)
	}
	return p.Records, nil
}
