import { CODES } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Ewon, PatchEwon } from '../api-types.ts';
import { patchWord, standingWord, whyWords } from './patch-words.ts';

type Told = NonNullable<Ewon['patch']>;
const said = (told: Partial<Told>) => patchWord({ state: 'idle', ...told } as Told);
const one = (told: Partial<PatchEwon>) => ({ toldAt: '2026-03-01T12:00:00.000Z', ...told }) as PatchEwon;

suite('words of patches', (test) => {
  test('an Ewon stands with patches in one word', () => {
    assert.equal(said({}), 'current');
    assert.equal(said({ reason: 'PATCH_OFF' }), 'off');
    assert.equal(said({ reason: 'PATCH_HELD' }), 'held');
    assert.equal(said({ reason: 'PATCH_DENIED' }), 'denied');
    assert.equal(said({ reason: 'TUF_FROZEN' }), 'hindered');
    assert.equal(said({ state: 'waiting', reason: 'PATCH_WINDOW_CLOSED' }), 'waiting');
    assert.equal(said({ state: 'failed', reason: 'PATCH_NOT_BACK' }), 'failed');
  });

  test('what it does with one patch comes before how it stands', () => {
    assert.equal(standingWord(one({ is: 'waits' })), 'Waits');
    assert.equal(standingWord(one({ is: 'waits', doing: 'installing' })), 'Installs it');
    assert.equal(standingWord(one({ is: 'unknown' })), 'Has not said yet');
  });

  test('the reason is said with what it met, and who decided', () => {
    const why = CODES.PATCH_OFF.text;
    assert.match(
      whyWords(one({ is: 'excluded', reason: 'PATCH_OFF', detail: 'board', why })),
      /by hand at the board\.$/,
    );
    assert.equal(whyWords(one({ is: 'excluded', reason: 'PATCH_OFF', detail: 'martian', why })), why);
    assert.equal(
      whyWords(one({ is: 'failed', reason: 'PATCH_DECLINED', detail: 'a\u202eb', why: 'No.' })),
      'No. (a\\u{202e}b)',
    );
    assert.equal(whyWords(one({ is: 'waits', reason: 'PATCH_HELD', why: 'Held.' })), 'Held.');
    assert.match(whyWords(one({ is: 'waits' })), /at its next look/);
    assert.equal(whyWords(one({ is: 'waits', doing: 'installing' })), '');
    assert.equal(whyWords(one({ is: 'unknown', toldAt: null })), '');
    assert.match(whyWords(one({ is: 'unknown' })), /newest list/);
    assert.equal(whyWords(one({ is: 'has' })), '');
  });
});
