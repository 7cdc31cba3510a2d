import { once } from 'node:events';
import { connect } from 'node:net';
import { MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, eventually, rejects, suite } from '@ewon-agent/contracts/testing';
import { MODEM } from '../core/ewon/modem.ts';
import { readLines } from '../process/lines.ts';
import { createWorldClock } from '../sim/clock-sim.ts';
import { type EwonOptions, type SimulatedEwon, startEwon } from './start-ewon.ts';

/** What a client meets. */
type Answer = { readonly status: number; readonly text: string };

async function get({ url }: SimulatedEwon, path: string, { password = 'secret', ...init } = {}): Promise<Answer> {
  const headers = { authorization: `Basic ${btoa(`adm:${password}`)}`, connection: 'close' };
  const answer = await fetch(`${url}${path}`, { headers, ...init });
  return { status: answer.status, text: await answer.text() };
}

const block = async (ewon: SimulatedEwon, descriptor: string) =>
  (await get(ewon, `/rcgi.bin/ParamForm?AST_Param=${encodeURIComponent(descriptor)}`)).text;

/** An Ewon for one test, and a clock that only the test moves. */
async function withEwon(
  options: EwonOptions,
  use: (ewon: SimulatedEwon, clock: ReturnType<typeof createWorldClock>) => Promise<void>,
) {
  const clock = createWorldClock({ startMs: Date.UTC(2026, 0, 1) });
  const ewon = await startEwon({ password: 'secret', clock, ...options });
  try {
    await use(ewon, clock);
  } finally {
    await ewon.close();
  }
}

const STATUS = '/rcgi.bin/ParamForm?AST_Param=$dtES$ftT';
const REBOOT = '/rcgi.bin/wsdForm?AST_ErrorMsg=&com_Csave=1&resetAction=1&com_BootOp=0';

suite('simulated Ewon over HTTP', (test) => {
  let ewon: SimulatedEwon;
  test.before(async () => {
    ewon = await startEwon({ password: 'secret', tags: { Level: 40.5, Batch: 'A' } });
  });
  test.after(() => ewon.close());

  test('without the right password nothing is told', async () => {
    assert.deepEqual(await get(ewon, '/rcgi.bin/ParamForm?AST_Param=$dtES$ftT', { password: 'guess' }), {
      status: 401,
      text: '',
    });
  });

  test('the status names the serial number', async () => {
    assert.match(await block(ewon, '$dtES$ftT'), /^SerNum:1524-0071-21\r$/m);
  });

  test('tags that are written together are read back, one of text as text', async () => {
    const path = '/rcgi.bin/UpdateTagForm?TagName1=Level&TagValue1=41&TagName2=Batch&TagValue2=17';
    assert.match((await get(ewon, path)).text, /<td>Done<\/td>/);
    assert.match(await block(ewon, '$dtIV$ftT'), /^1;"Level";41;0;0;65472\r\n2;"Batch";"17";0;0;65472\r$/m);
  });

  test('a tag that is not there, and a value that is none, change nothing and are named', async () => {
    for (const [query, reason] of [
      ['TagName1=Level&TagValue1=7&TagName2=Gone&TagValue2=1', 'Gone'],
      ['TagName1=Level&TagValue1=full', 'full'],
      ['TagName1=Level', 'Level'],
      ['', 'No tag'],
    ]) {
      assert.match((await get(ewon, `/rcgi.bin/UpdateTagForm?${query}`)).text, new RegExp(`ERROR: </span>.*${reason}`));
    }
    assert.match(await block(ewon, '$dtIV$ftT'), /"Level";41;/);
  });

  test('events of the last minutes come with their id', async () => {
    const text = 'bkz-The SD device has been inserted';
    ewon.happen({ on: 'logged', text, origin: 'udevmon', id: 1_073_779_147 });
    assert.match(
      await block(ewon, '$dtEV$ftT$st_m10'),
      /"bkz-The SD device has been inserted";"udevmon";\d+;1073779147\r\n$/,
    );
  });

  test('a block that it does not hold is refused by name', async () => {
    const answer = await get(ewon, '/rcgi.bin/ParamForm?AST_Param=$dtHL$ftT');
    assert.equal(answer.status, 404);
    assert.match(answer.text, /\$dtHL\$ftT/);
  });
});

suite('simulated Ewon that reboots', (test) => {
  test('it answers the order, goes, resets connections while it boots, and comes back on the same ports', () =>
    withEwon({}, async (ewon, clock) => {
      assert.equal((await get(ewon, REBOOT)).status, 200);
      await clock.advance(2 * SECOND_MS);
      assert.equal(await get(ewon, '/').catch(broken), 'broken');
      const ftp = connect(ewon.ftpPort, '127.0.0.1');
      await rejects(() => once(ftp, 'data'), 'ECONNRESET');
      await clock.advance(MINUTE_MS);
      assert.match(await block(ewon, '$dtEV$ftT$st_m2'), /"Reboot reason: Web request"/);
    }));

  test('a file that is half there when it goes is not there afterwards', async () => {
    const ewon = await startEwon();
    const control = connect(ewon.ftpPort, '127.0.0.1');
    const replies: string[] = [];
    readLines(control, 1024, (line) => replies.push(line));
    control.on('error', () => {}); // the Ewon resets it, as it shall
    const answer = async (code: string) =>
      await eventually(() => replies.find((reply) => reply.startsWith(code)), { what: `a reply ${code}` });
    control.write('USER adm\r\nPASS adm\r\nEPSV\r\n');
    const [, port] = /\|\|\|(\d+)\|/.exec((await answer('229')) ?? '') ?? [];
    const data = connect(Number(port), '127.0.0.1');
    control.write('STOR /usr/half.bin\r\n');
    await answer('150');
    const gone = once(data, 'close').catch(() => {}); // closed or reset, both are gone
    data.write('half of it');
    ewon.happen({ on: 'factoryReset', level: 1 });
    await gone;
    assert.deepEqual([...ewon.state().userFiles.keys()], []);
    data.destroy();
    await ewon.close();
  });

  test('a request that is under way when it goes is cut', async () => {
    const { clock, next } = heldClock();
    const ewon = await startEwon({ password: 'secret', clock });
    await ewon.trouble({ answerAfterMs: 1 });
    const asked = get(ewon, STATUS).catch(broken);
    await next(); // it has come, and is not released
    ewon.happen({ on: 'factoryReset', level: 1 });
    assert.equal(await asked, 'broken');
    await ewon.close();
  });
});

suite('simulated Ewon whose cable reaches nobody', (test) => {
  test('three minutes later its status has the address of the modem, and an hour after that the cable again', () =>
    withEwon({ comcfg: { WANFbckCnx: '1' }, modem: MODEM }, async (ewon, clock) => {
      const addresses = async () => (await block(ewon, '$dtES')).match(/^(PppIp|WanIp):.*(?=\r$)/gm);
      ewon.happen({ on: 'linkChanged', link: 'ethernet', state: 'silent' });
      await clock.advance(3 * MINUTE_MS);
      assert.deepEqual(await addresses(), ['PppIp:10.64.12.7', 'WanIp:10.64.12.7']);
      await clock.advance(60 * MINUTE_MS);
      assert.deepEqual(await addresses(), ['PppIp:0.0.0.0', 'WanIp:192.0.2.10']);
      assert.match(await block(ewon, '$dtEV$ft"T"$st_h2'), /"01:03:00";"wanfbck-Back to ethernet"/);
    }));
});

suite('simulated Ewon in trouble', (test) => {
  test('each fault of the web server is what a client sees, and is over when it is over', () =>
    withEwon({}, async (ewon) => {
      const seen: string[] = [];
      for (const http of ['wrongPassword', 'loginPage', 'noSerial', 'dropped', 'refused', 'well'] as const) {
        await ewon.trouble({ http });
        const answer = await get(ewon, STATUS).catch((thrown) => ({ status: 0, text: broken(thrown) }));
        const kind = answer.text.includes('SerNum:') ? 'whole' : answer.text.includes('<form') ? 'a form' : 'no serial';
        seen.push(`${http}: ${answer.status === 0 ? answer.text : `${answer.status} ${kind}`}`);
      }
      assert.deepEqual(seen, [
        'wrongPassword: 401 no serial',
        'loginPage: 200 a form',
        'noSerial: 200 no serial',
        'dropped: broken',
        'refused: ECONNREFUSED',
        'well: 200 whole',
      ]);
    }));

  test('it answers one request at a time', async () => {
    const { clock, next, waiting } = heldClock();
    const ewon = await startEwon({ password: 'secret', clock });
    await ewon.trouble({ answerAfterMs: 1 });
    const socket = connect(Number(new URL(ewon.url).port), '127.0.0.1');
    const request = `GET ${STATUS} HTTP/1.1\r\nHost: ewon\r\nAuthorization: Basic ${btoa('adm:secret')}\r\n\r\n`;
    socket.write(request.repeat(3)); // in one packet, so that all have come when the first is answered
    let said = '';
    socket.setEncoding('latin1').on('data', (text) => {
      said += text;
    });
    for (const _ of [1, 2, 3]) {
      const release = await next();
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(waiting(), 0);
      release();
    }
    await eventually(() => said.match(/^SerNum:/gm)?.length === 3, { what: 'three answers' });
    socket.destroy();
    await ewon.close();
  });

  test('told so, it refuses a second request instead', async () => {
    const { clock, next } = heldClock();
    const ewon = await startEwon({ password: 'secret', clock });
    await ewon.trouble({ answerAfterMs: 1, whenBusy: 'refuses' });
    const first = get(ewon, STATUS);
    const release = await next();
    assert.equal((await get(ewon, STATUS)).status, 503);
    release();
    assert.equal((await first).status, 200);
    await ewon.close();
  });
});

/** How a connection failed, whatever the client calls it when it broke amid an answer. */
function broken(thrown: { readonly cause?: { readonly code?: string } }): string {
  return thrown.cause?.code === 'ECONNREFUSED' ? 'ECONNREFUSED' : 'broken';
}

/** A clock that stands still: what waits for it waits until the test lets it go on. */
function heldClock() {
  const held: (() => void)[] = [];
  let came = Promise.withResolvers<void>();
  return {
    clock: {
      now: () => 0,
      after(_delayMs: number, call: () => void) {
        held.push(call);
        came.resolve();
        return () => {};
      },
    },
    waiting: () => held.length,
    /** Waits for the next that waits. @returns lets it go on */
    async next(): Promise<() => void> {
      await came.promise;
      came = Promise.withResolvers();
      return held.shift() ?? (() => {});
    },
  };
}
