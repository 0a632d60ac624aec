// Programs of RingQL, and taps that see what goes over the wire to them.
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';

// start runs a program with settings, and returns the attributes of the line of its log
// that says it is up, with a way to end it.
export function start(program, args, settings, up) {
  const child = spawn(program, args, { env: settings, stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => child.kill();
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (part) => {
      log += part;
      const line = log.split('\n').slice(0, -1).find((l) => l.includes(`msg="${up}"`));
      if (line) resolve({ ...Object.fromEntries([...line.matchAll(/(\w+)=("[^"]*"|\S+)/g)].map((m) => [m[1], m[2]])), log: () => log, stop });
    });
    child.on('exit', () => reject(new Error(`${program} ${args} ended: ${log}`)));
  });
}

// tap listens in front of the server at target and notes each exchange: request and
// answer, with all their headers and bodies, also where one end leaves before it is over.
// Nothing passes it compressed. Its cut breaks all connections.
export async function tap(target, note) {
  const { hostname, port } = new URL(target);
  const server = createServer(async (req, res) => {
    const { 'accept-encoding': _, ...headers } = req.headers; // and Host stays as it is
    const sent = await text(req);
    const onward = request({ hostname, port, method: req.method, path: req.url, headers }, async (answer) => {
      res.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(res);
      let body = '';
      answer.setEncoding('utf8').on('data', (part) => { body += part; });
      await finished(answer).catch(() => {});
      note({ method: req.method, url: req.url, headers: req.headers, sent, status: answer.statusCode, answered: answer.headers, body });
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    onward.end(sent);
  });
  server.on('upgrade', (req, socket, head) => {
    const onward = connect(port, hostname, () => {
      const headers = req.rawHeaders.flatMap((name, i) => (i % 2 ? [] : [`${name}: ${req.rawHeaders[i + 1]}`]));
      onward.write(`GET ${req.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].forEach((s) => s.destroy()));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const cut = () => server.closeAllConnections();
  return { port: server.address().port, cut, stop: () => { cut(); server.close(); } };
}
