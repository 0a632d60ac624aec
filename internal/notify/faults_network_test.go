package notify_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

var (
	errReset = errors.New("connection reset by peer")
	errDown  = errors.New("network is unreachable")
)

// network leads to the simulator by way of pipes, so that pretended time goes on while they
// are silent. What is sent is on its way for a moment, and may be lost there.
type network struct {
	incoming chan net.Conn
	closed   chan struct{}
	server   http.Server

	mu     sync.Mutex
	cables map[*cable]bool
	down   time.Time // until when nothing gets through
}

func newNetwork(h http.Handler) *network {
	n := &network{incoming: make(chan net.Conn), closed: make(chan struct{}), cables: map[*cable]bool{}}
	n.server.Handler = h
	go func() { _ = n.server.Serve(n) }() // it ends with close
	return n
}

// Accept, Close and Addr make it a net.Listener.
func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.incoming:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	close(n.closed)
	return nil
}

func (n *network) Addr() net.Addr { return &net.UnixAddr{Name: "sim"} }

// close ends all connections.
func (n *network) close() {
	_ = n.server.Close()
	n.reset(nil)
}

// lose has nothing get through for a while. Connections that live until then go on.
func (n *network) lose(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = time.Now().Add(d)
}

func (n *network) left() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return time.Until(n.down)
}

// through waits until something gets through.
func (n *network) through(ctx context.Context) error {
	for d := n.left(); d > 0; d = n.left() {
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return errDown
		}
	}
	return nil
}

// reset breaks the connections of somebody, or of everybody, with all that is on its way.
func (n *network) reset(of *replica) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.cables {
		if of == nil || c.of == of {
			c.reset()
			delete(n.cables, c)
		}
	}
}

// dialer returns what connects a replica.
func (n *network) dialer(of *replica) http.RoundTripper {
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if err := n.through(ctx); err != nil {
			return nil, err
		}
		if !of.alive() {
			return nil, &net.OpError{Op: "dial", Err: errDown}
		}
		return n.connect(of)
	}}
}

func (n *network) connect(of *replica) (net.Conn, error) {
	near, in := net.Pipe()
	out, far := net.Pipe()
	c := &cable{Conn: near, of: of, ends: []net.Conn{near, in, out, far}, broken: make(chan struct{})}
	go c.carry(n, in, out)
	go c.carry(n, out, in)
	n.mu.Lock()
	n.cables[c] = true
	n.mu.Unlock()
	select {
	case n.incoming <- far:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// cable is a connection, as who has made it sees it.
type cable struct {
	net.Conn
	of     *replica
	ends   []net.Conn
	once   sync.Once
	broken chan struct{}
}

// Read tells a connection that was reset from one that the other side has closed.
func (c *cable) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil {
		select {
		case <-c.broken:
			err = errReset
		default:
		}
	}
	return n, err
}

func (c *cable) reset() {
	c.once.Do(func() {
		close(c.broken)
		for _, end := range c.ends {
			_ = end.Close()
		}
	})
}

// carry brings what is sent to the other side, in order. A little is on its way at any time.
func (c *cable) carry(n *network, from, to net.Conn) {
	sent := make(chan []byte, 4)
	go func() {
		defer close(sent)
		for b := make([]byte, 32<<10); ; {
			got, err := from.Read(b)
			if err != nil {
				return
			}
			sent <- append([]byte(nil), b[:got]...)
		}
	}()
	ctx := context.Background()
	for b := range sent {
		time.Sleep(time.Millisecond)
		_ = n.through(ctx)
		_, _ = to.Write(b) // who has gone does not get it
	}
	_ = n.through(ctx)
	_ = to.Close()
}
