import { MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { fallbackIn } from './wan-fallback.ts';

suite('the fallback of an Ewon, by its settings', (test) => {
  const CASES: readonly (readonly [text: string, expected: unknown])[] = [
    ['WANCnx:2\r\nWANFbckCnx:1\r\nWANFbckMaxDuration:90\r\nWANPxyPass:#_1_x\r\n', falls('ethernet', 'cellular', 90)],
    ['WANCnx:1\nWANFbckCnx:2\n', falls('cellular', 'ethernet', 60)],
    ['"WANCnx":"2"\r\n"WANFbckCnx":"4"\r\n', falls('ethernet', 'wifi', 60)],
    ['WANCnx:2\r\nWANFbckCnx:0\r\n', 'none'],
    ['WANCnx:2\r\n', 'none'],
    ['WANCnx:2\r\nWANFbckCnx:2\r\n', 'none'],
    ['WANCnx:3\r\nWANFbckCnx:1\r\n', 'none'],
    ['WANCnx:0\r\nWANFbckCnx:1\r\n', 'none'],
    ['WANCnx:2\r\nWANFbckCnx:1\r\nWANFbckMaxDuration:x\r\n', falls('ethernet', 'cellular', 60)],
    ['WANCnx:2\r\nWANFbckCnx:1\r\nWANFbckMaxDuration:0\r\n', falls('ethernet', 'cellular', 60)],
    ['<html>Login</html>', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of CASES) test(JSON.stringify(text), () => assert.deepEqual(fallbackIn(text), expected));
});

function falls(primary: string, secondary: string, minutes: number) {
  return { primary, secondary, stayMs: minutes * MINUTE_MS };
}
