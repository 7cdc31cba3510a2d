import { assert, suite } from '@ewon-agent/contracts/testing';
import type { ConsoleAnswer } from '../core/console/session.ts';
import type { Order } from '../core/console/tree.ts';
import { type Asking, startConsole } from './console.ts';

function begin() {
  const asked: { readonly order: Order; readonly asking: Asking<never>; answer(answer: ConsoleAnswer): void }[] = [];
  let said = '';
  const session = startConsole<never>({
    line: {
      write(text) {
        said += text;
      },
      hold() {},
      lend() {
        throw new Error('no file goes over it');
      },
      end() {},
    },
    ask: (order, asking) => new Promise((answer) => asked.push({ order, asking, answer })),
  });
  session.happened({ on: 'attached', greeting: 'hello' });
  return {
    asked,
    async types(text: string) {
      const before = said.length;
      session.happened({ on: 'typed', bytes: Buffer.from(text, 'latin1') });
      await new Promise(setImmediate);
      return said.slice(before);
    },
    session,
  };
}

suite('a session of a console', (test) => {
  test('who gives up one order after the other has a few of them carried out, and is told; then it goes on', async () => {
    const { asked, types } = begin();
    let said = '';
    for (let i = 0; i < 20; i += 1) said += (await types('show log\r')) + (await types('\x03'));
    assert.equal(asked.length, 4);
    assert.ok(asked.every(({ asking }) => asking.signal.aborted));
    assert.match(said, /\^C/);
    assert.match(await types('show log\r'), /CONSOLE_BUSY[\s\S]*ewon> $/);
    asked[0]?.answer({ ok: true, value: { lines: ['late'], value: null } });
    await types('');
    assert.doesNotMatch(await types('show log\r'), /late|BUSY/);
    assert.equal(asked.length, 5);
  });

  test('what was to be told for some time ends with the right to it', async () => {
    const { asked, session, types } = begin();
    await types('show log\r');
    const feed = new AbortController();
    asked[0]?.asking.session?.feeds.set('all', feed);
    session.happened({ on: 'allowed', person: { name: 'ann', role: 'administrator' } });
    assert.equal(feed.signal.aborted, false);
    session.happened({ on: 'allowed', person: { name: 'ann', role: 'viewer' } });
    assert.equal(feed.signal.aborted, true);
  });
});
