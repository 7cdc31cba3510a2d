import { err, ok } from '../result.ts';
import { DEBIAN_PROGRAMS } from './debian.ts';
import { assert, assertFault, assertOk, eventually, findProgram, rejects, suite } from './suite.ts';

// What must be red needs processes of its own: scripts/test.test.ts.

const order: string[] = [];

suite('suite', (test) => {
  test.before(() => order.push('before'));
  test.before.each(() => order.push('each'));
  test.after.each(() => order.push('/each'));
  test.after(() =>
    assert.deepEqual(order, ['before', 'each', 'one', '/each', 'each', 'two', '/each', 'each', '/each']),
  );

  test('hooks run around each test', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push('one');
  });
  test('tests run one after another', () => order.push('two'));
  test('before runs once', () => assert.equal(order.filter((step) => step === 'before').length, 1));
});

suite('assertions', (test) => {
  test('assertOk answers the value, or says the fault in words', () => {
    assert.equal(assertOk(ok(7)), 7);
    assert.throws(() => assertOk(err('CARD_GONE', 'sd0')), /CARD_GONE: .*\(sd0\)/);
  });

  test('assertFault answers the fault, and refuses success and another code', () => {
    assert.equal(assertFault(err('CARD_GONE', 'sd0'), 'CARD_GONE').detail, 'sd0');
    assert.throws(() => assertFault(ok(7), 'CARD_GONE'), /expected CARD_GONE, got success/);
    assert.throws(() => assertFault(err('CARD_FULL'), 'CARD_GONE'), /expected CARD_GONE, got CARD_FULL/);
  });

  test('rejects takes a code, of the error or of its fault', async () => {
    await rejects(() => Promise.reject(Object.assign(new Error('x'), { code: 'EIO' })), 'EIO');
    await rejects(() => Promise.reject(Object.assign(new Error('x'), err('CARD_GONE'))), 'CARD_GONE');
    await rejects(() => {
      throw Object.assign(new Error('x'), { code: 'EIO' });
    }, 'EIO');
  });

  test('rejects refuses success, another code and no code', async () => {
    await assert.rejects(
      rejects(() => 7, 'EIO'),
      /but there was none/,
    );
    await assert.rejects(
      rejects(() => Promise.reject(Object.assign(new Error('x'), { code: 'EPERM' })), 'EIO'),
      /got EPERM/,
    );
    await assert.rejects(
      rejects(() => Promise.reject(new Error('plain')), 'EIO'),
      /got Error: plain/,
    );
  });

  test('eventually answers what the probe found, and its errors count as not yet', async () => {
    let asked = 0;
    const probe = (): string => {
      asked += 1;
      if (asked < 3) throw new Error('not yet');
      return 'there';
    };
    assert.equal(await eventually(probe, { what: 'it is there' }), 'there');
  });

  test('eventually gives up with what it waited for and the last error', async () => {
    const waiting = eventually(() => Promise.reject(new Error('no socket')), {
      what: 'the broker listens',
      timeoutMs: 20,
    });
    await assert.rejects(
      waiting,
      (error: Error) => /20 ms: the broker listens/.test(error.message) && /no socket/.test(String(error.cause)),
    );
  });
});

suite('Debian programs', (test) => {
  test('a program is found outside of PATH as well', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '';
    try {
      assert.match(findProgram('unshare') ?? '', /\/unshare$/); // util-linux is on every Debian machine
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('every program names a package and what it is for', () => {
    for (const [program, brought] of Object.entries(DEBIAN_PROGRAMS))
      assert.ok(brought.package && brought.neededFor, program);
  });
});
