import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describeFault } from '@ewon-agent/contracts';
import {
  answerOption,
  answerRequest,
  CLIENT_FLAGS_BYTES,
  greeting,
  type NbdRequest,
  takeOption,
  takeRequest,
} from '../core/nbd-messages.ts';
import type { Medium } from './medium.ts';

/** Serves media to QEMU, each under the name it was exported by. */
export type NbdServer = {
  readonly socketPath: string;
  export(name: string, medium: Medium): void;
  unexport(name: string): void;
  close(): Promise<void>;
};

/**
 * Starts a server on a Unix socket. Media come to QEMU by way of this process, so that a test sees each read and
 * decides at which one a card fails, falls silent or is pulled out.
 */
export async function startNbdServer(socketPath: string, complain: (what: string) => void): Promise<NbdServer> {
  const media = new Map<string, Medium>();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {}); // QEMU was killed; close follows
    serve(socket, (name) => media.get(name), complain);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    export: (name, medium) => void media.set(name, medium),
    unexport: (name) => void media.delete(name),
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(socket: Socket, find: (name: string) => Medium | undefined, complain: (what: string) => void): void {
  let come = Buffer.alloc(0);
  let flagsLeft = CLIENT_FLAGS_BYTES;
  let medium: Medium | undefined;

  const takeOne = (): boolean => {
    if (flagsLeft > 0) {
      if (come.length < flagsLeft) return false;
      come = come.subarray(flagsLeft);
      flagsLeft = 0;
    }
    const taken = medium ? takeRequest(come) : takeOption(come);
    if (!taken.ok) {
      complain(describeFault(taken.fault));
      socket.destroy();
      return false;
    }
    if (!taken.value) return false;
    const { value, bytes } = taken.value;
    come = come.subarray(bytes);
    if ('option' in value) {
      const found = find(value.name);
      const { bytes: reply, opens } = answerOption(value.option, found);
      if (opens) medium = found;
      socket.write(reply);
    } else if (medium) {
      answer(socket, medium, value);
    }
    return true;
  };
  socket.on('data', (chunk) => {
    come = Buffer.concat([come, chunk]);
    while (takeOne()) {
      // as long as something has come whole
    }
  });
  socket.write(greeting());
}

function answer(socket: Socket, medium: Medium, request: NbdRequest): void {
  if (request.command === 'disconnect') {
    socket.end();
    return;
  }
  void medium.answer(request).then(({ error, data }) => {
    if (socket.writable) socket.write(answerRequest(request.handle, error, error === 0 ? data : undefined));
  });
}
