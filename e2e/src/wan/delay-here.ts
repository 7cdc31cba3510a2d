import { connect, createServer, type Socket } from 'node:net';

// A program for a namespace: a way that takes its time, as a satellite's does. Each way has so many ms of delay; nothing is lost, and
// what comes together stays together. `node delay-here.ts MS HOST LISTEN:PORT …` carries what comes to LISTEN to PORT of HOST.

const [delay, host = '', ...ports] = process.argv.slice(2);

for (const pair of ports) {
  const [listen, port] = pair.split(':').map(Number);
  createServer((near) => {
    const far = connect({ host, port: port ?? 0 });
    late(near, far);
    late(far, near);
  }).listen(listen, () => process.stdout.write('listening\n'));
}
process.stdin.resume().on('end', () => process.exit()); // who started it is gone

function late(from: Socket, to: Socket): void {
  const after = (call: () => void) => setTimeout(call, Number(delay));
  from.on('data', (piece) => after(() => to.write(piece)));
  from.on('end', () => after(() => to.end()));
  from.on('error', () => after(() => to.destroy())); // whoever is cut off at one end is at the other
}
