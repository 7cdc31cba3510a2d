import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LED, type LedBlink } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { createLedFiles } from './led-files.ts';

const LIT = { onMs: 0, offMs: 0, lit: 'lit' } as const;

async function board(stillMs?: number) {
  const dir = await mkdtemp(join(tmpdir(), 'led-'));
  const seen: LedBlink[] = [];
  const files = await createLedFiles(dir, (blink) => seen.push(blink), stillMs);
  const write = (lamp: 'green' | 'red', file: string, text: string) => writeFile(join(dir, `usr:${lamp}`, file), text);
  return {
    dir,
    files,
    seen,
    write,
    /** Writes one LED as the agent does on Linux: the trigger first, then what it takes. */
    async lamp(name: 'green' | 'red', { onMs, offMs, lit }: { onMs: number; offMs: number; lit: 'lit' | 'dark' }) {
      await write(name, 'trigger', onMs > 0 ? 'timer' : 'none');
      if (onMs === 0) return write(name, 'brightness', lit === 'lit' ? '255' : '0');
      await write(name, 'delay_on', String(onMs));
      await write(name, 'delay_off', String(offMs));
    },
    sees: (blink: LedBlink) =>
      eventually(() => JSON.stringify(seen.at(-1)) === JSON.stringify(blink), { what: JSON.stringify(blink) }),
    async close() {
      files.close();
      await rm(dir, { recursive: true });
    },
  };
}

suite('LED files', (test) => {
  test('a new board has the files of a dark LED and tells nothing', async () => {
    const { dir, seen, close } = await board();
    for (const [file, text] of [
      ['brightness', '0'],
      ['max_brightness', '255'],
      ['trigger', 'none'],
      ['delay_on', '0'],
      ['delay_off', '0'],
    ] as const) {
      assert.equal((await readFile(join(dir, 'usr:green', file), 'utf8')).trim(), text);
    }
    assert.deepEqual(seen, []);
    await close();
  });

  test('every pattern that is written is seen', async () => {
    const { lamp, sees, close } = await board();
    const patterns = [LED.running, LED.cardSeen, LED.cardWorking, LED.cardOk, LED.cardFailed, LED.off];
    for (const { colour, onMs, offMs } of patterns) {
      const green = colour === 'green' || colour === 'orange';
      const red = colour === 'red' || colour === 'orange';
      await lamp('green', green ? { onMs, offMs, lit: 'lit' } : { onMs: 0, offMs: 0, lit: 'dark' });
      await lamp('red', red ? { onMs, offMs, lit: 'lit' } : { onMs: 0, offMs: 0, lit: 'dark' });
      await sees({ colour, onMs, offMs });
    }
    await close();
  });

  test('what is written without a pause is one change', async () => {
    const { seen, lamp, sees, close } = await board(1000); // longer than any pause of a busy machine
    await lamp('green', LIT);
    await lamp('green', { onMs: 150, offMs: 150, lit: 'lit' });
    await lamp('red', { onMs: 150, offMs: 150, lit: 'lit' });
    await sees(LED.cardSeen);
    assert.deepEqual(seen, [LED.cardSeen]);
    await close();
  });

  test('writing the same again tells nothing', async () => {
    const { dir, seen, lamp, sees, close } = await board();
    await lamp('green', LIT);
    await sees(LED.cardOk);
    await writeFile(join(dir, 'usr:green', 'brightness'), '255');
    await lamp('red', LIT);
    await sees({ colour: 'orange', onMs: 0, offMs: 0 });
    assert.equal(seen.length, 2);
    await close();
  });

  test('without power the files are those of a dark LED again', async () => {
    const { dir, files, lamp, sees, close } = await board();
    await lamp('green', { onMs: 500, offMs: 500, lit: 'lit' });
    await sees(LED.running);
    await files.dark();
    await sees(LED.off);
    assert.equal((await readFile(join(dir, 'usr:green', 'trigger'), 'utf8')).trim(), 'none');
    await close();
  });
});
