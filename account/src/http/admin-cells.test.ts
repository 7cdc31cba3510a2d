import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { openAdmin } from '../cli/admin-client.ts';
import type { CellCount } from '../core/cells.ts';
import type { CellImport } from '../service/cells.ts';
import { openAccountFixture } from '../testing/account-fixture.ts';

const HEADER = 'radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal';
const line = (n: number, facts: { readonly mcc?: number; readonly radio?: string } = {}) =>
  `${facts.radio ?? 'LTE'},${facts.mcc ?? 206},1,10,${n},0,4.${n},50.${n},1000,20,1,1459743588,1459743588,0`;

suite('a table of cells', { timeoutMs: 120_000 }, (test) => {
  async function open() {
    const fixture = await openAccountFixture();
    const folder = await mkdtemp(join(tmpdir(), 'ewon-cells-'));
    const client = assertOk(openAdmin(fixture.stateDir));
    const send = async (bytes: string | Uint8Array, query = '') => {
      const file = join(folder, 'cells.csv');
      await writeFile(file, bytes);
      return client.upload<CellImport>(`cells${query}`, createReadStream(file), () => {});
    };
    const shown = async (): Promise<readonly CellCount[]> => (await fixture.admin('GET', 'cells')).json;
    return {
      ...{ ...fixture, send, shown },
      async close() {
        await fixture.close();
        await rm(folder, { recursive: true });
      },
    };
  }

  test('is taken, plain or packed; what cannot be is counted by reason with its first line; the same again changes nothing', async () => {
    const { send, shown, admin, close } = await open();
    const text = [HEADER, line(1), line(2), 'LTE,206,1', line(3, { radio: 'CDMA' }), line(4, { mcc: 0 }), line(2), ''];
    const refused = { columns: { lines: 1, first: 4 }, radio: { lines: 1, first: 5 }, network: { lines: 1, first: 6 } };
    assert.deepEqual(assertOk(await send(text.join('\r\n'))), { lines: 7, taken: 3, left: 0, refused });
    const two = [{ mcc: 206, mnc: 1, radio: 'lte', cells: 2 }];
    assert.deepEqual(await shown(), two);
    assert.equal(assertOk(await send(gzipSync(text.join('\n')))).taken, 3);
    assert.deepEqual(await shown(), two);
    const log = (await admin('GET', 'log?limit=9')).json.at(-1);
    assert.equal(log.event, '3 cells were imported, 3 lines were refused.');
    await close();
  });

  test('of one country leaves the others out, over many transactions', async () => {
    const { send, shown, close } = await open();
    const lines = Array.from({ length: 5000 }, (_, n) => line(n, { mcc: n % 2 === 0 ? 206 : 208 }));
    const { taken, left } = assertOk(await send(lines.join('\n'), '?mcc=206'));
    assert.deepEqual([taken, left, await shown()], [2500, 2500, [{ mcc: 206, mnc: 1, radio: 'lte', cells: 2500 }]]);
    await close();
  });

  test('that is none is refused, and nothing of it is kept: an empty file, another one, damaged gzip, a line without an end', async () => {
    const { send, shown, close } = await open();
    const packed = gzipSync([HEADER, line(1)].join('\n'));
    for (const bytes of ['', 'a,b,c\n'.repeat(50_000), randomBytes(3e6), packed.subarray(0, 40), 'x'.repeat(3e6)])
      assertFault(await send(bytes), 'CELLS_UNREADABLE');
    assert.deepEqual(await shown(), []);
    assertFault(await send(line(1), '?mcc=x'), 'BAD_REQUEST');
    await close();
  });
});
