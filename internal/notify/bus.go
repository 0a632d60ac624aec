package notify

import (
	"context"
	"time"
)

// Bus keeps the last events of each account, in one order, for one process or for all
// replicas. It is safe for concurrent use.
type Bus interface {
	// Publish writes events to the end of an account's log, all or none, but for those whose
	// uuid it has been given before. It says how many those are that were written. After an
	// error they may have been written all the same, or of hundreds the first ones: to publish
	// them again is safe.
	Publish(ctx context.Context, account string, events ...Event) (int, error)
	// Read returns the entries behind a position, the oldest first, and no more than most. The
	// zero position is before all that are kept.
	Read(ctx context.Context, account string, from Position, most int) (Page, error)
	// Follow calls rang with an account that may have new entries, or with "" if any may, until
	// ctx ends. Whatever is written while it follows it calls for; it may call more often.
	Follow(ctx context.Context, rang func(account string))
}

// Page is a part of a log.
type Page struct {
	Entries []Entry
	// End is where the log ends: its last entry, which may be behind those of the page.
	End Position
	// Missing says that the log has not, or not any more, what came behind the position that
	// was asked for: it is older than the log, or of another one. There are no entries then.
	Missing bool
}

// Bounds of what a Bus keeps. Both forms hold them.
const (
	// MostEntries is how many entries of one account are kept.
	MostEntries = 10_000
	// EntryLife is for how long entries, and what is known of a subject, are kept.
	EntryLife = 24 * time.Hour
	// MostUUIDs is how many events of one account are known by their uuid.
	MostUUIDs = 50_000
	// UUIDLife is for how long an event that is told again is known. RingCentral does not say
	// for how long it repeats one; it gives up an address after 10 minutes.
	UUIDLife = 24 * time.Hour
)
