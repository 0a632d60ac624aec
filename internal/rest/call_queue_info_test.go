package rest

import "testing"

// A change is seen when all that was asked for is so, whatever else is.
func TestSeenIn(t *testing.T) {
	goal, other, yes, name, status, emergency, normal := 90, 80, true, "Help", ExtensionStatus("Enabled"), EmergencySubType, UnknownSubType
	q := &CallQueue{
		Name: "Help", Status: "Enabled", ExtensionNumber: "202", Site: &Site{RCID: "main-site"},
		Settings: CallQueueSettings{ServiceLevelSettings: &CallQueueInfo{SLAGoal: &goal}, EditableMemberStatus: &yes},
	}
	for what, tt := range map[string]struct {
		update CallQueueUpdate
		seen   bool
	}{
		"nothing":            {CallQueueUpdate{}, true},
		"a name":             {CallQueueUpdate{Name: &name, Status: &status, EditableMemberStatus: &yes}, true},
		"another number":     {CallQueueUpdate{Name: &name, ExtensionNumber: &name}, false},
		"a goal":             {CallQueueUpdate{ServiceLevelSettings: &ServiceLevel{SLAGoal: &goal}}, true},
		"another goal":       {CallQueueUpdate{ServiceLevelSettings: &ServiceLevel{SLAGoal: &other}}, false},
		"a timer not told":   {CallQueueUpdate{AlertTimer: &goal}, false},
		"no emergency calls": {CallQueueUpdate{SubType: &normal}, true},
		"emergency calls":    {CallQueueUpdate{SubType: &emergency}, false},
		"the site":           {CallQueueUpdate{Site: &ByID{"main-site"}}, true},
		"another site":       {CallQueueUpdate{Site: &ByID{"5"}}, false},
	} {
		if tt.update.SeenIn(q) != tt.seen {
			t.Errorf("%s: seen %t", what, !tt.seen)
		}
	}
}
