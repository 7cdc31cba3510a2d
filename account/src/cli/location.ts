import type { Location, PassedOver } from '../core/location.ts';
import type { EwonView, LocationView, PolicyView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findEwon } from './registrations.ts';

/** `account location show`: where all are; with an Ewon, why it is taken to be there. */
export async function showLocation(
  io: Io,
  form: Form,
  admin: AdminClient,
  which: string | undefined,
): Promise<ExitStatus> {
  const policy = await admin.ask<PolicyView>('GET', 'policy');
  if (!policy.ok) return sayFault(io, form, policy.fault);
  if (which !== undefined) return showOne(io, form, admin, which);
  const ewons = await admin.ask<readonly EwonView[]>('GET', 'ewons');
  const shown = ewons.ok ? { ok: true as const, value: ewons.value.map(placeOf) } : ewons;
  return say(io, form, shown, (rows) => {
    if (!policy.value.geolocation) return OFF;
    if (rows.length === 0) return 'No Ewon is linked yet.';
    return table(
      ['ewon', 'place', 'within', 'by', 'since'],
      rows.map(({ name, location, locationOff }) =>
        location
          ? [name, degrees(location), metres(location.accuracy), sourceText(location), location.at]
          : [name, locationOff ? `off: ${OFF_BY[locationOff]}` : 'not known', '-', '-', '-'],
      ),
    );
  });
}

/** `account location moves <ewon> on|off` */
export async function setMoves(
  io: Io,
  form: Form,
  admin: AdminClient,
  { which, to }: { readonly which: string; readonly to: 'on' | 'off' },
): Promise<ExitStatus> {
  const ewon = await findEwon(admin, which);
  const path = ewon.ok ? `ewons/${ewon.value.deviceId}/location` : '';
  const done = ewon.ok ? await admin.ask<LocationView>('PATCH', path, { moves: to === 'on' }) : ewon;
  return say(io, form, done, ({ name, moves }) =>
    moves ? `"${name}" may go about: it opens no LOCATION_MOVED` : `"${name}" belongs where it is now`,
  );
}

const OFF =
  'Geolocation is off: the account knows of no place. "account policy set --geolocation on" allows it, and the Ewons tell anew.';
const OFF_BY: Readonly<Record<NonNullable<EwonView['locationOff']>, string>> = {
  board: 'somebody at the board',
  device: 'GeolocEnable of the device',
  account: 'the account',
  unknown: 'the device has no policy yet',
};
const SOURCES: Readonly<Record<Location['source'], string>> = {
  gnss: 'GNSS',
  wifi: 'Wi-Fi',
  cell: 'cell',
  ip: 'address',
};

function placeOf({ deviceId, name, location, locationOff }: EwonView) {
  return { deviceId, name, ...(location && { location }), ...(locationOff && { locationOff }) };
}

async function showOne(io: Io, form: Form, admin: AdminClient, which: string): Promise<ExitStatus> {
  const ewon = await findEwon(admin, which);
  const view = ewon.ok ? await admin.ask<LocationView>('GET', `ewons/${ewon.value.deviceId}/location`) : ewon;
  return say(io, form, view, oneText);
}

function oneText({ name, location, offBy, passed, home, moves, address, dueAt }: LocationView): string {
  if (offBy) return `"${name}" is not located: ${OFF_BY[offBy]} does not allow it.`;
  if (!location && !dueAt && passed.length === 0) return `"${name}" has told nothing of where it is.`;
  const found = location
    ? [
        ['place', degrees(location)],
        ['within', `${metres(location.accuracy)}, in 95 of 100 cases`],
        ['by', sourceText(location)],
        ['since', location.at],
      ]
    : [['place', 'not known']];
  const belongs = moves
    ? [['belongs', 'nowhere: it is meant to go about']]
    : home
      ? [['belongs at', `${degrees(home)}, within ${metres(home.accuracy)}`]]
      : [];
  const rest = [
    ...(address === null ? [] : [['came from', address]]),
    ...passed.map((one) => [`not by ${SOURCES[one.source]}`, passedText(one)]),
    ...(dueAt === null ? [] : [['looked for', `again at ${dueAt}`]]),
  ];
  return table(['ewon', name], [...found, ...belongs, ...rest]);
}

function passedText({ why, detail }: PassedOver): string {
  return detail === undefined ? why : `${why}: ${detail}`;
}

function sourceText({ source, fallback }: Location): string {
  if (fallback === 'lacf') return 'area of its cell';
  return fallback === 'ipf' ? 'country of its address' : SOURCES[source];
}

function degrees({ lat, lng }: Pick<Location, 'lat' | 'lng'>): string {
  return `${Math.abs(lat).toFixed(5)} ${lat < 0 ? 'S' : 'N'} ${Math.abs(lng).toFixed(5)} ${lng < 0 ? 'W' : 'E'}`;
}

function metres(length: number): string {
  return length < 1000 ? `${Math.ceil(length)} m` : `${(length / 1000).toFixed(length < 10_000 ? 1 : 0)} km`;
}
