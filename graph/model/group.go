package model

import "github.com/ringql/ringql/internal/rest"

// PagingGroup is an extension of type PagingOnly, as a paging group.
type PagingGroup struct{ Extension *rest.Extension }

// ID is the group's.
func (g *PagingGroup) ID() rest.PagingGroupID { return rest.PagingGroupID(g.Extension.ID) }

// RcID is the upstream's own id.
func (g *PagingGroup) RcID() string { return g.Extension.RcID() }

// ExtensionNumber is the number within the company.
func (g *PagingGroup) ExtensionNumber() string { return g.Extension.ExtensionNumber }

// Name is what people see.
func (g *PagingGroup) Name() string { return g.Extension.Name }

// Status says whether it is in use.
func (g *PagingGroup) Status() rest.ExtensionStatus { return g.Extension.Status }

// RawStatus is Status as the upstream wrote it.
func (g *PagingGroup) RawStatus() string { return g.Extension.RawStatus() }

// ParkLocation is an extension of type ParkLocation, as a park location.
type ParkLocation struct{ Extension *rest.Extension }

// ID is the location's.
func (p *ParkLocation) ID() rest.ParkLocationID { return rest.ParkLocationID(p.Extension.ID) }

// RcID is the upstream's own id.
func (p *ParkLocation) RcID() string { return p.Extension.RcID() }

// ExtensionNumber is the number within the company.
func (p *ParkLocation) ExtensionNumber() string { return p.Extension.ExtensionNumber }

// Name is what people see.
func (p *ParkLocation) Name() string { return p.Extension.Name }

// Status says whether it is in use.
func (p *ParkLocation) Status() rest.ExtensionStatus { return p.Extension.Status }

// RawStatus is Status as the upstream wrote it.
func (p *ParkLocation) RawStatus() string { return p.Extension.RawStatus() }
