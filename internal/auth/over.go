package auth

import "errors"

// Why a session serves no more, for errors.Is; Over says it in a word.
var (
	// ErrUnknown means that there is no such session: it is long over, or never was.
	ErrUnknown = errors.New("there is no such session")
	// ErrExpired means that a session was not used for too long, or is too old.
	ErrExpired = errors.New("the session has expired")
	// ErrEnded means that a session was ended before its time.
	ErrEnded = errors.New("the session was ended")
	// ErrAway means that sessions cannot be read for now: nobody is signed out by that.
	ErrAway = errors.New("sessions cannot be read for now")
	// ErrGrant means that the upstream does not know a code or a refresh token any more.
	ErrGrant = errors.New("the upstream refused the grant")
)

// Reason is why a session is over, in a word for programs.
type Reason string

// The reasons.
const (
	Unknown    Reason = "UNKNOWN"               // no such session
	Idle       Reason = "IDLE"                  // not used for too long
	Old        Reason = "EXPIRED"               // its life is over, or its tokens' is
	SignedOut  Reason = "SIGNED_OUT"            // by the person
	Everywhere Reason = "SIGNED_OUT_EVERYWHERE" // by the person, in another session
	Displaced  Reason = "DISPLACED"             // by a newer session, in the same browser or of the same person
	Revoked    Reason = "REVOKED"               // by the upstream
)

// Denied says whether err means that whoever it is about can make no calls any more.
func Denied(err error) bool {
	return errors.As(err, new(*Over)) || errors.Is(err, ErrNobody) || errors.Is(err, ErrCredential)
}

// Over is the error of a session that serves no more.
type Over struct{ Reason Reason }

func (e *Over) Error() string { return e.cause().Error() + ": " + string(e.Reason) }

// Is makes Over one of ErrUnknown, ErrExpired and ErrEnded.
func (e *Over) Is(target error) bool { return target == e.cause() }

func (e *Over) cause() error {
	switch e.Reason {
	case Unknown:
		return ErrUnknown
	case Idle, Old:
		return ErrExpired
	}
	return ErrEnded
}
