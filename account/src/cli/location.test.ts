import { err, ok } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AdminClient } from './admin-client.ts';
import { showLocation } from './location.ts';

const AT = '2026-03-01T12:00:00.000Z';
const PLACE = { lat: 52.3702, lng: -4.8952, accuracy: 2000, source: 'cell', fallback: 'lacf', at: AT } as const;
const VIEW = {
  ...{
    deviceId: 'd_1',
    name: 'Pump',
    location: PLACE,
    offBy: null,
    home: null,
    moves: false,
    address: '145.1.1.1',
    dueAt: null,
  },
  passed: [
    { source: 'gnss', why: 'too old', detail: `taken at ${AT}` },
    { source: 'wifi', why: 'no service' },
  ],
};

/** What is said when the server answers so. */
async function shown(answers: Readonly<Record<string, unknown>>, which?: string): Promise<string> {
  let out = '';
  const ask = (async (_: string, path: string) => ok(answers[path])) as AdminClient['ask'];
  const unused = async () => err('ACCOUNT_ERROR');
  const admin: AdminClient = { adminUrl: '', ask, bytes: unused, text: unused, upload: unused };
  const io = {
    ...{ stdin: (async function* () {})(), untilSignal: async () => {}, stderr: () => {} },
    stdout: (text: string) => {
      out += text;
    },
  };
  assert.equal(await showLocation(io, 'text', admin, which), 0);
  return out;
}

suite('account location show', (test) => {
  const ewons = [
    { deviceId: 'd_1', name: 'Pump', location: PLACE },
    { name: 'Mill', locationOff: 'device' },
    { name: 'New' },
  ];
  const one = (facts: object) =>
    shown({ policy: { geolocation: true }, ewons, 'ewons/d_1/location': { ...VIEW, ...facts } }, 'Pump');

  test('of all: the place with what it is found by, or who does not allow it', async () => {
    const text = await shown({ policy: { geolocation: true }, ewons });
    assert.match(text, /^Pump +52\.37020 N 4\.89520 W +2\.0 km +area of its cell +2026-03-01/m);
    assert.match(text, /^Mill +off: GeolocEnable of the device/m);
    assert.match(text, /^New +not known/m);
    assert.match(await shown({ policy: { geolocation: false }, ewons }), /^Geolocation is off/);
  });

  test('of one: why better sources did not count; or that there is nothing to show', async () => {
    const text = await one({});
    assert.match(text, /^within +2\.0 km, in 95 of 100 cases$/m);
    assert.match(text, /^not by GNSS +too old: taken at 2026-03-01/m);
    assert.match(text, /^not by Wi-Fi +no service$/m);
    assert.match(await one({ location: null, dueAt: AT }), /^place +not known$[\s\S]*^looked for +again at 2026/m);
    assert.match(await one({ location: null, passed: [] }), /^"Pump" has told nothing of where it is\.$/m);
    assert.match(await one({ location: null, passed: [], offBy: 'board' }), /somebody at the board does not allow it/);
  });
});
