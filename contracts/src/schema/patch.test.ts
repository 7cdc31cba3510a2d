import { readerSuite } from '../testing/reader-suite.ts';
import { readPatchCustom } from './patch.ts';

readerSuite('custom of a patch', {
  code: 'BAD_REQUEST',
  open: [''],
  read: readPatchCustom,
  good: {
    kind: 'ewon-firmware',
    version: '15.0s4',
    productCodes: ['21'],
    from: ['14.x', '15.0.x', '15.0s2'],
    requires: ['15.0s2'],
    cves: ['CVE-2024-33896'],
    severity: 'high',
    rebootNeeded: true,
  },
  alsoGood: { kind: ['agent'], version: ['1.4.2'], productCodes: [[]], from: [[]], requires: [[]], cves: [[]] },
  broken: {
    kind: ['', 'firmware'],
    version: ['', '15', '15.0', '15.0s4p21', 'v1.2.3', '1.2.3.4'],
    productCodes: [['P21!'], [''], [21], '21'],
    from: [['14'], ['x'], ['14.x.x']],
    requires: [['14.x'], ['15']],
    cves: [['2024-33896'], ['CVE-24-1']],
    severity: ['', 'bad'],
    rebootNeeded: [0, 'true'],
  },
});
