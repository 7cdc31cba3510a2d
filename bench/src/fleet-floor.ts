import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { DatabaseSync } from 'node:sqlite';
import { isSignedByAside, openJws, publicKeyOf, toBase64url } from '@ewon-agent/contracts';

// The floor of a registration: the least a server can do that asks the same of a device. TLS of its own for each, a nonce,
// one Ed25519 signature, one row that is on the disk before the answer; what comes in together shares a flush. No
// framework, no query builder, no CSR, no quota, no log: what the account takes beyond this is the account's own.
// `CERTIFICATE-FILE KEY-FILE DATABASE-FILE`; says its port.

const [certificate = '', key = '', database = ''] = process.argv.slice(2);
const secret = randomBytes(32);
const db = new DatabaseSync(database);
db.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE registration (nonce TEXT PRIMARY KEY, request TEXT NOT NULL) STRICT',
);
const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
const insert = db.prepare('INSERT INTO registration (nonce, request) VALUES (?, ?)');

const macOf = (random: Buffer) => createHmac('sha256', secret).update(random).digest().subarray(0, 16);
const nonceNow = () => {
  const random = randomBytes(16);
  return toBase64url(Buffer.concat([random, macOf(random)]));
};
const isGood = (nonce = '') => {
  const bytes = Buffer.from(nonce, 'base64url');
  return bytes.length === 32 && timingSafeEqual(bytes.subarray(16), macOf(bytes.subarray(0, 16)));
};

const PENDING = '{"status":"pending"}';
type Waiting = { readonly nonce: string; readonly request: string; readonly answer: () => void };
let waiting: Waiting[] = [];

/** As the account does it: what comes in while the loop is busy shares the flush, and nobody waits longer than this. */
const [GATHER_MS, QUIET_MS] = [8, 0.1];

function commitWhenQuiet(begunMs = performance.now(), turnMs = begunMs): void {
  setImmediate(() => {
    const nowMs = performance.now();
    if (nowMs - turnMs < QUIET_MS || nowMs - begunMs >= GATHER_MS) commitAll();
    else commitWhenQuiet(begunMs, nowMs);
  });
}

function commitAll(): void {
  const together = waiting;
  waiting = [];
  begin.run();
  for (const { nonce, request } of together) insert.run(nonce, request);
  commit.run();
  for (const { answer } of together) answer();
}

const server = createServer(
  { cert: readFileSync(certificate), key: readFileSync(key), requestCert: true, rejectUnauthorized: false },
  (request, response) => {
    response.setHeader('replay-nonce', nonceNow());
    if (request.method === 'HEAD') {
      response.writeHead(204).end();
      return;
    }
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', async () => {
      const jws = openJws(JSON.parse(text), 'ewon-reg');
      const publicKey = jws.ok ? publicKeyOf(jws.value.header.jwk) : undefined;
      if (!jws.ok || !publicKey || !isGood(jws.value.header.nonce) || !(await isSignedByAside(jws.value, publicKey))) {
        response.writeHead(400).end();
        return;
      }
      if (waiting.length === 0) commitWhenQuiet();
      waiting.push({
        nonce: jws.value.header.nonce ?? '',
        request: Buffer.from(jws.value.payload).toString('utf8'),
        answer: () => response.writeHead(202, { location: '/', 'content-length': PENDING.length }).end(PENDING),
      });
    });
  },
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
