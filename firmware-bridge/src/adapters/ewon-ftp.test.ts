import { inspect } from 'node:util';
import type { Code } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type FtpTrouble, startTroubledFtp, type TroubledFtp } from '../testing/ftp-in-trouble.ts';
import { createEwonFtp, type EwonFiles } from './ewon-ftp.ts';

const PASSWORD = 'pass wörd';
const STEP_MS = 250;
const LIMITS = { wholeMs: 5000, maxBytes: 1024 };

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

suite('files of an Ewon over FTP', (test) => {
  const on = (sentence: string, body: (files: EwonFiles, server: TroubledFtp) => Promise<void>) =>
    test(sentence, async () => {
      const server = await startTroubledFtp();
      const password = { given: PASSWORD };
      try {
        await body(
          createEwonFtp({ host: '127.0.0.1', port: server.port, user: 'adm', password, stepMs: STEP_MS }),
          server,
        );
      } finally {
        server.close();
      }
    });

  on('a file is read byte for byte', async (files) =>
    assert.equal(Buffer.from(assertOk(await files.read('a.txt', LIMITS))).toString(), 'content\r\n'),
  );

  on('a file is written, in the order of its pieces', async (files, server) => {
    assertOk(await files.write('comcfg.txt', pieces('WANCnx:1\r\n', 'NatItf:3\r\n'), LIMITS));
    assert.deepEqual(server.stored, ['comcfg.txt: WANCnx:1\r\nNatItf:3\r\n']);
  });

  on('files asked for at once go one after the other', async (files, server) => {
    const asked = [files.read('a.txt', LIMITS), files.write('b', pieces('x'), LIMITS), files.read('a.txt', LIMITS)];
    for (const answer of await Promise.all(asked)) assert.ok(answer.ok);
    assert.equal(server.most(), 1);
  });

  on('how far it has come is told', async (files) => {
    const told: number[] = [];
    assertOk(await files.read('a.txt', { ...LIMITS, onBytes: (bytes) => told.push(bytes) }));
    assert.equal(told.at(-1), 9);
  });

  const troubles: readonly (readonly [FtpTrouble, Code])[] = [
    [{ does: 'silent' }, 'EWON_TIMED_OUT'],
    [{ does: 'http' }, 'EWON_UNREACHABLE'],
    [{ does: 'full' }, 'EWON_BUSY'],
    [{ does: 'refuseLogin' }, 'EWON_PASSWORD_WRONG'],
    [{ does: 'cut' }, 'EWON_UNREACHABLE'],
    [{ does: 'drip' }, 'EWON_TIMED_OUT'],
    [{ does: 'endless' }, 'TEXT_TOO_LARGE'],
    [{ does: 'answer', to: 'RETR', with: '550 no such file' }, 'EWON_FILE_MISSING'],
    [{ does: 'answer', to: 'RETR', with: '451 not now' }, 'EWON_DECLINED'],
    [{ does: 'answer', to: 'RETR', with: '' }, 'EWON_TIMED_OUT'],
  ];
  for (const [trouble, code] of troubles)
    on(
      `reading, a server that does ${JSON.stringify(trouble)} is ${code}, and the next file is read`,
      async (files, server) => {
        server.become(trouble);
        const began = performance.now();
        const fault = assertFault(await files.read('a.txt', { ...LIMITS, wholeMs: 1000 }), code);
        assert.ok(performance.now() - began < 2000);
        assert.ok(!inspect(fault, { depth: 10 }).includes(PASSWORD), 'no fault shows the password');
        server.become({ does: 'well' });
        assertOk(await files.read('a.txt', LIMITS));
      },
    );

  for (const [answer, code] of [
    ['552 quota', 'EWON_DISK_FULL'],
    ['452 no space', 'EWON_DISK_FULL'],
    ['550 denied', 'EWON_DECLINED'],
    ['530 not logged in', 'EWON_PASSWORD_WRONG'],
  ] as const)
    on(`writing, the answer ${answer} is ${code}`, async (files, server) => {
      server.become({ does: 'answer', to: 'STOR', with: answer });
      assertFault(await files.write('comcfg.txt', pieces('x'), LIMITS), code);
      assert.deepEqual(server.stored, []);
    });

  on(
    'an Ewon that breaks off a file and says a moment later that it is full is EWON_DISK_FULL',
    async (files, server) => {
      server.become({ does: 'breakOff' });
      async function* much(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 200; i++) yield new Uint8Array(65_536);
      }
      assertFault(await files.write('program.bas', much(), LIMITS), 'EWON_DISK_FULL');
      server.become({ does: 'well' });
      assertOk(await files.read('a.txt', LIMITS));
    },
  );

  on('pieces that break off are LOCAL_FILE_BAD', async (files) => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      throw new Error('EIO: i/o error');
    }
    assert.match(assertFault(await files.write('ewonfwr.edf', broken(), LIMITS), 'LOCAL_FILE_BAD').detail, /EIO/);
  });

  on('a server that sends its client elsewhere for the file is not followed', async (files, server) => {
    server.become({ does: 'elsewhere' });
    assert.match(assertFault(await files.read('a.txt', LIMITS), 'EWON_UNREACHABLE').detail, /192\.0\.2\.1/);
  });

  test('nobody there is EWON_UNREACHABLE; a password of two lines, or none to read, is never sent', async () => {
    const at = { host: '127.0.0.1', port: 1, user: 'adm', stepMs: STEP_MS };
    assertFault(await createEwonFtp({ ...at, password: { given: '' } }).read('a', LIMITS), 'EWON_UNREACHABLE');
    for (const password of [{ given: 'a\r\nDELE b' }, { file: '/nowhere/password' }])
      assertFault(await createEwonFtp({ ...at, password }).read('a', LIMITS), 'EWON_PASSWORD_UNREADABLE');
  });
});
