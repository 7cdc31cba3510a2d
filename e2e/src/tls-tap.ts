import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

// Loaded into a process by `--import`: writes down what its TLS sockets send and receive, as it is inside TLS. One file
// per socket and direction, so that nothing is torn apart. For tests that look for what must not be there.

const dir = process.env['TLS_TAP_DIR'];
if (dir) tap(dir);

function tap(into: string): void {
  const numbers = new WeakMap<TLSSocket, number>();
  let sockets = 0;
  const note = (socket: TLSSocket, direction: 'in' | 'out', chunk: unknown): void => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return; // the end of the stream
    const number = numbers.get(socket) ?? ++sockets;
    numbers.set(socket, number);
    appendFileSync(join(into, `${process.pid}-${number}-${direction}`), chunk);
  };
  const { push, _write, _writev } = TLSSocket.prototype;
  TLSSocket.prototype.push = function (chunk: unknown, encoding?: BufferEncoding) {
    note(this, 'in', chunk);
    return push.call(this, chunk, encoding);
  };
  // below write(), so that what was written while connecting, or corked, passes here too
  TLSSocket.prototype._write = function (chunk: unknown, encoding, done) {
    note(this, 'out', chunk);
    _write.call(this, chunk, encoding, done);
  };
  TLSSocket.prototype._writev = function (chunks, done) {
    for (const { chunk } of chunks) note(this, 'out', chunk);
    _writev?.call(this, chunks, done);
  };
}
