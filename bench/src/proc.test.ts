import { assert, suite } from '@ewon-agent/contracts/testing';
import { cpuMsIn, doingOf, memoryIn, memoryOf, openFilesIn, openFilesMax } from './proc.ts';

// As Linux 6.1 prints it, shortened.
const ROLLUP = `5581e000-7ffd0000 ---p 00000000 00:00 0                          [rollup]
Rss:               85120 kB
Pss:               34567 kB
Pss_Dirty:         29000 kB
Shared_Dirty:          4 kB
Private_Clean:      1000 kB
Private_Dirty:     28900 kB
`;

suite('proc', (test) => {
  test('the sums of a smaps_rollup are told apart from those with longer names', () => {
    assert.deepEqual(memoryIn(ROLLUP), { pssKib: 34_567, privateDirtyKib: 28_900, rssKib: 85_120 });
  });

  test('a kernel that does not tell a sum is named, not taken for nothing', () => {
    assert.throws(() => memoryIn('Rss: 1 kB\nPss: 1 kB\n'), /Private_Dirty/);
  });

  test('processor time is user and system time, also of a program whose name has spaces and brackets', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 0 0 12 3 0 0 20 0 11 0 100 200 300';
    assert.equal(cpuMsIn(stat), 150);
  });

  test('the hard limit of open files is told apart from the soft one, and may be none', () => {
    const limits = (hard: string) =>
      `Max processes  7  8  processes\nMax open files            1024    ${hard}      files \n`;
    assert.equal(openFilesIn(limits('20000')), 20_000);
    assert.equal(openFilesIn(limits('unlimited')), Number.POSITIVE_INFINITY);
    assert.ok(openFilesMax() >= 64);
  });

  test('this process has memory, and has done something', () => {
    const { pssKib, rssKib } = memoryOf(process.pid);
    assert.ok(pssKib > 1000 && rssKib >= pssKib);
    assert.ok(doingOf(process.pid).cpuMs > 0);
  });
});
