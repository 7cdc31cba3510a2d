import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSerial } from '@ewon-agent/contracts';
import { type EwonTrouble, firmwareSuite } from '@ewon-agent/contracts/suites/firmware-suite';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { createEwonHttp } from './ewon-http.ts';

const ESTAT = 'SerNum:1524-0071-21\r\nCodeName:Flexy 203\r\nFwrVersion:14.6s0\r\nWanIp:0.0.0.0\r\n';
const TAGS = [
  { tag: 'Level', value: 40.5, quality: 'good' },
  { tag: 'Batch', value: 'A-17', quality: 'uncertain' },
] as const;
const INSTANT_VALUES =
  '"TagId";"TagName";"Value";"AlStatus";"AlType";"Quality"\r\n1;"Level";40.5;0;0;65472\r\n2;"Batch";"A-17";0;0;64\r\n';
const PASSWORD = 'pass:wörd ';

type Answer = (asked: IncomingMessage, response: ServerResponse) => void;

const well: Answer = (asked, response) => {
  const expected = `Basic ${Buffer.from(`adm:${PASSWORD}`).toString('base64')}`;
  response.statusCode = asked.headers.authorization === expected ? 200 : 401;
  const answer = asked.url?.includes('dtIV') ? INSTANT_VALUES : ESTAT;
  response.end(response.statusCode === 200 ? answer : '');
};
const trickle = (piece: string, everyMs: number): Answer => {
  return (_, response) => {
    const dripping = setInterval(() => response.write(piece), everyMs);
    response.on('close', () => clearInterval(dripping));
  };
};
const ANSWERS: Record<Exclude<EwonTrouble, 'refused'>, Answer> = {
  well,
  silent: () => {},
  drip: trickle('S', 20),
  endless: trickle('x'.repeat(200_000), 1),
  loginPage: (_, response) => response.end('<html><body>Login: <a href="http://x">go</a></body></html>'),
  noSerial: (_, response) => response.end('CodeName:Flexy 203\r\n'),
  wrongPassword: (_, response) => response.writeHead(401).end(),
};

/** Only what never answers meets a short limit: a machine with much else to do takes its time for what does. */
const [PATIENT_MS, SHORT_MS] = [20_000, 300];

/** A bare web server in the place of the Ewon. */
async function ewon(timeoutMs = PATIENT_MS) {
  const dir = await mkdtemp(join(tmpdir(), 'ewon-http-'));
  const passwordFile = join(dir, 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`);
  const asked: string[] = [];
  let answer: Answer = well;
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  const port = await freePort(); // nobody comes by it while the server is away
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    asked,
    passwordFile,
    firmware: createEwonHttp({ url, user: 'adm', passwordFile, timeoutMs }),
    answerWith: (next: Answer) => {
      answer = next;
    },
    async trouble(kind: EwonTrouble) {
      if (kind === 'refused') {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
        return;
      }
      answer = ANSWERS[kind];
      if (server.listening) return;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(dir, { recursive: true });
    },
  };
}

firmwareSuite('firmware port: the Ewon over HTTP', async () => {
  const { firmware: patient, url, passwordFile, trouble, close } = await ewon();
  const hasty = createEwonHttp({ url, user: 'adm', passwordFile, timeoutMs: SHORT_MS });
  let neverAnswers = false;
  return {
    get firmware() {
      return neverAnswers ? hasty : patient;
    },
    get limitMs() {
      return neverAnswers ? SHORT_MS : PATIENT_MS;
    },
    trouble(kind) {
      neverAnswers = kind === 'silent' || kind === 'drip';
      return trouble(kind);
    },
    close,
    tags: TAGS,
    identity: { serial: assertOk(parseSerial('1524-0071-21')), model: 'Flexy 203', firmware: '14.6s0' },
    async wait(answer) {
      const startMs = performance.now();
      return { value: await answer, tookMs: performance.now() - startMs };
    },
  };
});

suite('ewon over HTTP', (test) => {
  test('asks for the status block by its descriptor, URL-encoded', async () => {
    const { firmware, asked, close } = await ewon();
    assertOk(await firmware.identity());
    assert.deepEqual(asked, ['/rcgi.bin/ParamForm?AST_Param=%24dtES%24ftT']);
    await close();
  });

  test('the whole status is there for who wants more than the identity, and costs no request of its own', async () => {
    const { firmware, asked, close } = await ewon();
    const [status, identity] = await Promise.all([firmware.status(), firmware.identity()]);
    assert.equal(assertOk(status).get('WanIp'), '0.0.0.0');
    assert.equal(assertOk(identity).serial, '1524-0071-21');
    assert.equal(asked.length, 1);
    await close();
  });

  test('questions asked meanwhile share one request', async () => {
    const { firmware, asked, close } = await ewon();
    for (const answer of await Promise.all([firmware.identity(), firmware.identity()])) assertOk(answer);
    assert.equal(asked.length, 1);
    assertOk(await firmware.identity());
    assert.equal(asked.length, 2);
    await close();
  });

  test('questions of two kinds go one after the other, and none waits longer than its limit', async () => {
    const { firmware, answerWith, close } = await ewon(SHORT_MS);
    let open = 0;
    let most = 0;
    let isSilent = true;
    answerWith((request, response) => {
      most = Math.max(most, ++open);
      response.on('close', () => open--);
      if (!isSilent) well(request, response);
    });
    const [who, what] = await Promise.all([firmware.identity(), firmware.tags?.()]);
    assertFault(who, 'FIRMWARE_UNREACHABLE');
    assert.ok(what && !what.ok);
    isSilent = false;
    const both = async () =>
      (await Promise.all([firmware.tags?.(), firmware.identity()])).every((answer) => answer?.ok);
    await eventually(both, { what: 'both answered in time' });
    assert.equal(most, 1, 'at most one connection at a time');
    await close();
  });

  test('an answer that is no list of tags is FIRMWARE_ANSWER_BAD', async () => {
    const { firmware, answerWith, close } = await ewon();
    answerWith((_, response) => response.end(ESTAT));
    assertFault((await firmware.tags?.()) ?? assert.fail('no tags'), 'FIRMWARE_ANSWER_BAD');
    await close();
  });

  test('a changed password file is read at the next question', async () => {
    const { firmware, passwordFile, close } = await ewon();
    await writeFile(passwordFile, 'old');
    const fault = assertFault(await firmware.identity(), 'FIRMWARE_ANSWER_BAD');
    assert.match(fault.detail, /401/);
    await writeFile(passwordFile, PASSWORD);
    assertOk(await firmware.identity());
    await close();
  });

  test('a missing password file is a fault that names the file', async () => {
    const { url, close } = await ewon();
    const firmware = createEwonHttp({ url, user: 'adm', passwordFile: '/nowhere/password' });
    const fault = assertFault(await firmware.identity(), 'FIRMWARE_UNREACHABLE');
    assert.match(fault.detail, /\/nowhere\/password/);
    await close();
  });

  test('an Ewon that has no room just now is asked again; one that never has is FIRMWARE_UNREACHABLE in time', async () => {
    const { firmware, asked, answerWith, url, passwordFile, close } = await ewon();
    answerWith((request, response) => (asked.length < 3 ? response.writeHead(503).end() : well(request, response)));
    assertOk(await firmware.identity());
    assert.equal(asked.length, 3);
    answerWith((_, response) => response.writeHead(503).end());
    const hasty = createEwonHttp({ url, user: 'adm', passwordFile, timeoutMs: SHORT_MS });
    assertFault(await hasty.identity(), 'FIRMWARE_UNREACHABLE');
    await close();
  });

  test('a redirect is not followed', async () => {
    const { firmware, asked, answerWith, close } = await ewon();
    answerWith((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    assert.match(assertFault(await firmware.identity(), 'FIRMWARE_ANSWER_BAD').detail, /302/);
    assert.equal(asked.length, 1);
    await close();
  });

  test('an answer cut in the middle is FIRMWARE_UNREACHABLE, not half an Ewon', async () => {
    const { firmware, answerWith, close } = await ewon();
    answerWith((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('SerNum:1524-0071-21\r\n', () => response.destroy());
    });
    assertFault(await firmware.identity(), 'FIRMWARE_UNREACHABLE');
    await close();
  });

  test('an answer that is not HTTP is FIRMWARE_ANSWER_BAD', async () => {
    const { firmware, answerWith, close } = await ewon();
    answerWith((_, response) => response.socket?.end('220 FTP ready\r\n'));
    assertFault(await firmware.identity(), 'FIRMWARE_ANSWER_BAD');
    await close();
  });

  for (const url of ['https://10.0.0.53', 'not a url', 'file:///etc/passwd', '']) {
    test(`the address ${JSON.stringify(url)} is a fault, not a throw`, async () => {
      assertFault(await createEwonHttp({ url, user: 'adm' }).identity(), 'FIRMWARE_UNREACHABLE');
    });
  }

  test('no fault shows the password', async () => {
    const { firmware, trouble, close } = await ewon(100);
    for (const kind of ['wrongPassword', 'silent', 'refused'] as const) {
      await trouble(kind);
      const answer = await firmware.identity();
      assert.ok(!answer.ok);
      const { inspect } = await import('node:util');
      const shown = inspect(answer, { depth: 10, showHidden: true });
      assert.ok(!shown.includes(PASSWORD) && !shown.includes(Buffer.from(`adm:${PASSWORD}`).toString('base64')));
    }
    await close();
  });
});
