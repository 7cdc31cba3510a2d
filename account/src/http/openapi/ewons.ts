import type { ImportFault } from '../../core/ewon-import.ts';
import type { Imported, ImportedChange } from '../../service/ewon-list.ts';
import {
  readAcknowledge,
  readAlarmQuery,
  readApprove,
  readMoves,
  readRegistrationQuery,
  readRejectAll,
  readReplace,
  readTelemetryQuery,
  readTrying,
} from '../bodies.ts';
import {
  readBulk,
  readEwonChange,
  readEwonQuery,
  readExport,
  readProperties,
  readRegistrations,
} from '../list-bodies.ts';
import { byDevice, counted } from './common.ts';
import { type Declarations, json, LINES_TYPE } from './declared.ts';
import { alarm, locationOfEwon, telemetry } from './messages.ts';
import { count, either, list, object, text } from './shape.ts';
import {
  bulkLine,
  candidate,
  ewon,
  ewonCounts,
  ewonPage,
  located,
  properties,
  registration,
  replacement,
} from './views.ts';

const imported = object<Imported>({
  ...{ lines: count, changed: count, unchanged: count, faulty: count },
  faults: list(object<ImportFault>({ line: count, column: text(), text: text() })),
  first: list(object<ImportedChange>({ line: count, name: text(), changes: list(text()) })),
});
const { name: _, ...propertiesOfMany } = readProperties.schema.properties;
const registrationBulk = {
  ...readRegistrations.schema,
  properties: {
    ...readRegistrations.schema.properties,
    set: { ...readProperties.schema, properties: propertiesOfMany },
  },
};

/** Ewons, what they tell, and requests to become one. */
export const EWON_ROUTES: Declarations = {
  'GET /api/v1/ewons': {
    summary: 'Ewons page by page; without a question the whole list',
    query: readEwonQuery,
    answers: json(either(ewonPage, list(ewon))),
  },
  'GET /api/v1/ewons/counts': {
    summary: 'How many Ewons there are, by what lists are filtered',
    answers: json(ewonCounts),
  },
  'GET /api/v1/ewons/places': { summary: 'Ewons that have a place, for a map', answers: json(list(located)) },
  'GET /api/v1/ewons/export': {
    summary: 'The list as a file',
    query: readExport,
    answers: { 'text/csv': text() },
  },
  'POST /api/v1/ewons/import': {
    summary: 'Changes properties of Ewons by a file, all lines or none',
    query: readTrying,
    takes: { 'text/csv': text() },
    answers: json(imported),
  },
  'POST /api/v1/ewons/bulk': {
    summary: 'Moves many Ewons, or allows them to renew; a line of JSON for each as soon as it is done',
    body: readBulk,
    answers: { [LINES_TYPE]: bulkLine },
  },
  'POST /api/v1/ewons/bulk-forget': {
    summary: 'Removes many Ewons; a line of JSON for each as soon as it is done',
    body: readBulk,
    answers: { [LINES_TYPE]: bulkLine },
  },
  'PATCH /api/v1/ewons/:id': {
    ...byDevice,
    summary: 'Changes properties of an Ewon; what is not named stays, of custom fields too',
    body: readEwonChange,
    answers: json(ewon),
  },
  'DELETE /api/v1/ewons/:id': { ...byDevice, summary: 'Removes an Ewon from the account', answers: json(ewon) },
  'POST /api/v1/ewons/:id/renew': { ...byDevice, summary: 'Allows a renewal that waits', answers: json(ewon) },
  'POST /api/v1/ewons/:id/release': {
    ...byDevice,
    summary: 'Lets in again who was locked out as a clone',
    answers: json(ewon),
  },
  'POST /api/v1/ewons/:id/undo-replacement': {
    ...byDevice,
    summary: 'Gives the place back to the Ewon that was replaced',
    answers: json(object<{ back: unknown; by: unknown }>({ back: ewon, by: ewon })),
  },
  'GET /api/v1/ewons/:id/telemetry': {
    ...byDevice,
    summary: 'The newest messages with measurements, in the order they came',
    query: readTelemetryQuery,
    answers: json(list(telemetry)),
  },
  'GET /api/v1/ewons/:id/location': { ...byDevice, summary: 'Where an Ewon is', answers: json(locationOfEwon) },
  'PATCH /api/v1/ewons/:id/location': {
    ...byDevice,
    summary: 'Says whether an Ewon is meant to go about',
    body: readMoves,
    answers: json(locationOfEwon),
  },
  'GET /api/v1/alarms': {
    summary: 'Open alarms of one Ewon, or of all, the oldest first',
    query: readAlarmQuery,
    answers: json(list(alarm)),
  },
  'POST /api/v1/alarms/acknowledge': {
    summary: 'Closes alarms of one Ewon, or of all; of one code, or of all',
    body: readAcknowledge,
    answers: json(counted('acknowledged')),
  },

  'GET /api/v1/registrations': {
    summary: 'Requests to be taken into the account',
    query: readRegistrationQuery,
    answers: json(list(registration)),
  },
  'GET /api/v1/registrations/:id': { summary: 'One request', answers: json(registration) },
  'POST /api/v1/registrations/:id/approve': {
    summary: 'Makes an Ewon of a request; with dryRun it tells the properties that the Ewon would have',
    query: readTrying,
    body: readApprove,
    answers: json(either(ewon, properties)),
  },
  'POST /api/v1/registrations/:id/replace': {
    summary: 'Puts who asks into the place of an Ewon',
    body: readReplace,
    answers: json(ewon),
  },
  'POST /api/v1/registrations/:id/reject': { summary: 'Refuses a request', answers: json(registration) },
  'POST /api/v1/registrations/reject': {
    summary: 'Refuses all requests of one key, or of one network',
    body: readRejectAll,
    answers: json(counted('rejected')),
  },
  'GET /api/v1/replacements': {
    summary: 'Replacements that can still be undone, the latest first',
    answers: json(list(replacement)),
  },
  'GET /api/v1/registrations/:id/candidates': {
    summary: 'Ewons that who asks may take the place of, the likeliest first',
    answers: json(list(candidate)),
  },
  'POST /api/v1/registrations/bulk': {
    summary: 'Decides about many requests; a line of JSON for each as soon as it is done',
    body: { schema: registrationBulk },
    answers: { [LINES_TYPE]: bulkLine },
  },
};
