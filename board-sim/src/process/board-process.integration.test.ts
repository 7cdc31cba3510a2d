import { once } from 'node:events';
import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type BoardProcess, type BoardProcessOptions, startBoardProcess } from './board-process.ts';

/** What a program on the board does with the LED, as with the one below /sys/class/leds. */
const ORANGE_QUICK = `
  for lamp in usr:green usr:red; do
    echo timer > "$EWON_BOARD_LEDS_DIR/$lamp/trigger"
    echo 150 > "$EWON_BOARD_LEDS_DIR/$lamp/delay_on"
    echo 150 > "$EWON_BOARD_LEDS_DIR/$lamp/delay_off"
  done
  exec sleep 600`;

async function withBoard(options: BoardProcessOptions, body: (board: BoardProcess, dir: string) => Promise<void>) {
  const dir = await mkdtemp(join(tmpdir(), 'board-'));
  const board = await startBoardProcess({ dir, ...options });
  try {
    await body(board, dir);
  } finally {
    await board.stop();
    await rm(dir, { recursive: true });
  }
}

async function get(url: string, auth: string): Promise<{ status: number | undefined; body: string }> {
  const asked = request(url, { auth });
  asked.end();
  const [response] = await once(asked, 'response');
  let body = '';
  for await (const piece of response) body += piece;
  return { status: response.statusCode, body };
}

suite('board as a process', { timeoutMs: 60_000 }, (test) => {
  test('a card put in is a link to its image, and pulling it takes the link away', async () => {
    await withBoard({}, async (board, dir) => {
      const image = join(dir, 'card.img');
      await writeFile(image, 'card');
      await board.slots.sd0.insert(image);
      assert.equal(await readlink(join(board.addresses.slotsDir, 'sd0.img')), image);
      await board.slots.sd0.insert(image);
      await board.slots.sd0.remove();
      await board.slots.sd0.remove();
      await assert.rejects(stat(join(board.addresses.slotsDir, 'sd0.img')), /ENOENT/);
      await stat(image);
      const told = board.events.all.flatMap((event) => (event.on === 'slot' ? `${event.slot} ${event.card}` : []));
      assert.deepEqual(told, ['sd0 in', 'sd0 out', 'sd0 in', 'sd0 out']);
    });
  });

  test('a card that is not there cannot be put in', async () => {
    await withBoard({}, async (board) => {
      await assert.rejects(board.slots.usb1.insert('/nowhere/card.img'), /insert: ENOENT/);
    });
  });

  test('the Ewon answers its status to whoever knows the password, which only we can read', async () => {
    await withBoard({ serial: '1523-0156-24', model: 'Flexy 205', firmware: '15.0s4' }, async (board) => {
      const { url, user, passwordFile } = board.addresses.ewon;
      const password = (await readFile(passwordFile, 'utf8')).trim();
      assert.equal((await stat(passwordFile)).mode & 0o777, 0o600);
      for (const query of ['$dtES$ftT', '%24dtES%24ftT']) {
        const { status, body } = await get(`${url}/rcgi.bin/ParamForm?AST_Param=${query}`, `${user}:${password}`);
        assert.equal(status, 200);
        assert.match(body, /^CodeName:Flexy 205\r\n/m);
        assert.match(body, /^FwrVersion:15\.0s4\r\n/m);
        assert.match(body, /^WanIp:192\.0\.2\.10\r\n/m);
        assert.match(body, /^SerNum:1523-0156-24\r\n/m);
      }
      assert.equal((await get(`${url}/rcgi.bin/ParamForm?AST_Param=$dtES$ftT`, `${user}:x`)).status, 401);
      assert.equal((await get(`${url}/rcgi.bin/ParamForm?AST_Param=$dtRL$ftT`, `${user}:${password}`)).status, 404);
      await board.ewon.tag('Level', 40.5);
      const tags = await get(`${url}/rcgi.bin/ParamForm?AST_Param=$dtIV$ftT`, `${user}:${password}`);
      assert.match(tags.body, /^1;"Level";40\.5;0;0;65472\r\n/m);
      assert.equal((await get(`${url}/elsewhere`, `${user}:${password}`)).status, 404);
      await board.network.down();
      const offline = await get(`${url}/rcgi.bin/ParamForm?AST_Param=$dtES$ftT`, `${user}:${password}`);
      assert.match(offline.body, /^WanIp:0\.0\.0\.0\r\n/m);
      const said = JSON.stringify(board.events.all);
      assert.ok(!said.includes(password), 'the password stays in its file');
    });
  });

  test('the LED that the program writes is told with the name of its pattern', async () => {
    await withBoard({ command: ['sh', '-c', ORANGE_QUICK] }, async (board) => {
      const seen = await board.led.until('cardSeen');
      assert.deepEqual([seen.colour, seen.onMs, seen.offMs], ['orange', 150, 150]);
    });
  });

  test('a power cut kills the program with all it started and darkens the LED; power on starts it again', async () => {
    // the shell ignores SIGTERM, so only SIGKILL ends it; its child would survive a kill of the shell alone
    const command = ['sh', '-c', `trap '' TERM; sleep 600 & echo child $!; ${ORANGE_QUICK}`];
    await withBoard({ command }, async (board) => {
      const line = await board.events.until((event) => event.on === 'output', { what: 'the pid of the child' });
      const child = line.on === 'output' ? Number(line.line.split(' ')[1]) : 0;
      await board.led.until('cardSeen');
      await board.power.cut();
      const ended = await board.events.until((event) => event.on === 'program' && event.state === 'ended', {
        what: 'the end of the program',
      });
      assert.equal(ended.on === 'program' && ended.state === 'ended' && ended.how, 'by SIGKILL');
      // gone, or dead and not yet buried; it has the signal, and dies when it has a processor
      const isDead = async () => / Z/.test(await readFile(`/proc/${child}/stat`, 'utf8').catch(() => 'gone Z'));
      await eventually(isDead, { what: 'the end of the child' });
      await board.led.until('off');
      await board.power.on();
      await board.led.until('cardSeen');
      await board.power.cut();
    });
  });

  test('a reboot ends the program in good order and starts it again', async () => {
    const command = ['sh', '-c', "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"];
    await withBoard({ command }, async (board) => {
      const isUp = (event: { on: string }) => 'line' in event && event.line === 'up';
      await board.events.until(isUp, { what: 'the program' });
      const from = board.events.all.length;
      await board.reboot();
      await board.events.until(isUp, { what: 'the program again', from });
      const told = board.events.all.slice(from).flatMap((event) => (event.on === 'output' ? event.line : []));
      assert.deepEqual(told, ['bye', 'up']);
    });
  });

  test('a program is started later, with addresses in place of their names', async () => {
    await withBoard({ forwards: ['0:127.0.0.1:9'] }, async (board) => {
      await board.program.start(['echo', '{EWON_URL}', '{FORWARD_1}', '{SLOTS_DIR}', '{NOBODY}']);
      const event = await board.events.until(({ on }) => on === 'output', { what: 'its output' });
      const { ewon, forwards, slotsDir } = board.addresses;
      const expected = `${ewon.url} 127.0.0.1:${forwards[0]?.port} ${slotsDir} {NOBODY}`;
      assert.equal(event.on === 'output' && event.line, expected);
    });
  });

  test('a program that cannot be started is told, and the board goes on', async () => {
    await withBoard({ command: ['/nowhere/agent'] }, async (board) => {
      const event = await board.events.until(({ on }) => on === 'program', { what: 'the failure' });
      assert.match(JSON.stringify(event), /ENOENT/);
      await board.network.up();
    });
  });

  test('the control socket takes the same commands and answers each with a line', async () => {
    await withBoard({}, async (board, dir) => {
      await writeFile(join(dir, 'card.img'), 'card');
      const socket = connect(board.addresses.controlSocket);
      assert.equal((await stat(board.addresses.controlSocket)).mode & 0o077, 0);
      const insert = { do: 'insert', slot: 'sd0', image: join(dir, 'card.img'), id: 1 };
      socket.end(`${JSON.stringify(insert)}\n{"do":"dance","id":2}\nnot json\n{"do":"remove","slot":"sd9"}`);
      let said = '';
      for await (const piece of socket) said += piece;
      const answers = said.trim().split('\n');
      assert.equal(answers.length, 4);
      assert.match(answers[0] ?? '', /"id":1,"ok":true/);
      assert.match(answers[1] ?? '', /"ok":false.*BAD_REQUEST.*one of insert/);
      assert.match(answers[2] ?? '', /"ok":false.*not JSON/);
      assert.match(answers[3] ?? '', /"ok":false.*slot/);
    });
  });

  test('a second board on the same directory is refused, one after a crash is not', async () => {
    await withBoard({}, async (board, dir) => {
      await assert.rejects(startBoardProcess({ dir }), /another board runs already/);
      await board.network.up();
      await writeFile(join(dir, 'card.img'), 'card');
    });
    const dir = await mkdtemp(join(tmpdir(), 'board-'));
    const first = await startBoardProcess({ dir });
    const { pid } = first;
    process.kill(pid, 'SIGKILL');
    await first.stop();
    const second = await startBoardProcess({ dir });
    await second.stop();
    await rm(dir, { recursive: true });
  });
});
