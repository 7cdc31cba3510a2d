import { once } from 'node:events';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { Ask } from '@ewon-agent/account/testing/device-client';

// HTTP/1.1 for one device over one TLS connection of its own: what a device needs of it and no more. Node's own client costs as much as
// the TLS beneath it, and here all devices of a fleet share the two cores with the account that is measured.

const HEAD_END = '\r\n\r\n';

/** Asks one question after the other over a connection that is opened at the first, and again when the server has closed it. */
export type LeanHttps = { readonly ask: Ask; close(): void };

/** @param localAddress of the device, so that the server counts its network */
export function leanHttps(secureContext: SecureContext, localAddress: string): LeanHttps {
  let open: TLSSocket | undefined;

  async function connected(host: string, port: number): Promise<TLSSocket> {
    if (open && !open.destroyed) return open;
    // handed on to net.connect(), of which the types of tls.connect() know half
    const to = { host, port, localAddress, secureContext };
    const socket = connect(to);
    socket.setNoDelay(true);
    await once(socket, 'secureConnect');
    open = socket;
    return socket;
  }

  return {
    async ask({ method, url, headers, body }) {
      const { hostname, port, host, pathname } = new URL(url);
      const socket = await connected(hostname, Number(port));
      const lines = [`${method} ${pathname} HTTP/1.1`, `host: ${host}`];
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
      if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body)}`);
      const answered = answerOn(socket, method);
      socket.write(`${lines.join('\r\n')}${HEAD_END}${body ?? ''}`);
      return answered;
    },
    close() {
      open?.destroy();
      open = undefined;
    },
  };
}

function answerOn(socket: TLSSocket, method: string): ReturnType<Ask> {
  return new Promise((resolve, reject) => {
    let read = '';
    const end = (): void => {
      socket.off('data', take).off('error', fail).off('close', gone);
    };
    const fail = (cause: Error): void => {
      end();
      reject(cause);
    };
    const gone = (): void => fail(new Error('the server closed the connection'));
    const take = (piece: Buffer): void => {
      read += piece.toString('latin1');
      const at = read.indexOf(HEAD_END);
      if (at < 0) return;
      const [status = '', ...lines] = read.slice(0, at).split('\r\n');
      const headers: Record<string, string> = {};
      for (const line of lines) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      const code = Number(status.split(' ')[1]);
      const length = method === 'HEAD' || code === 204 ? 0 : Number(headers['content-length']);
      if (Number.isNaN(length)) {
        fail(new Error(`an answer without length: ${status}`));
        return;
      }
      const body = read.slice(at + HEAD_END.length);
      if (body.length < length) return;
      end();
      resolve({ status: code, headers, body: Buffer.from(body, 'latin1').toString('utf8') });
    };
    socket.on('data', take).on('error', fail).on('close', gone);
  });
}
