import {
  type HealthMessage,
  type InventoryMessage,
  LOCATION_OFF_BY,
  MESSAGE_SCHEMAS,
  type PatchMessage,
  type TagSample,
  type WanMessage,
} from '@ewon-agent/contracts';
import { LOCATION_SOURCES, type Location, type PassedOver } from '../../core/location.ts';
import type { AlarmView, LocationView, TelemetryView } from '../views.ts';
import { deviceId, time } from './common.ts';
import { as, count, either, list, named, number, object, oneOf, optional, orNull, text, yesOrNo } from './shape.ts';

// What Ewons tell: messages as they came, by the schemas that they were read by, and what the account makes of them.

export const inventory = named('Inventory', as<InventoryMessage>(MESSAGE_SCHEMAS.inventory));
export const health = named('Health', as<HealthMessage>(MESSAGE_SCHEMAS.health));
export const wan = named('Wan', as<WanMessage>(MESSAGE_SCHEMAS.wan));
export const patchMessage = named('PatchMessage', as<PatchMessage>(MESSAGE_SCHEMAS.patch));

export const locationOffBy = oneOf(LOCATION_OFF_BY);
const source = oneOf(LOCATION_SOURCES);
export const location = named(
  'Location',
  object<Location>({
    ...{ lat: number, lng: number, accuracy: number, source, at: time },
    fallback: optional(oneOf(['lacf', 'ipf'])),
  }),
);
const why = oneOf([
  ...(['not told', 'impossible', 'too old', 'contradicted', 'not known', 'no service'] as const),
  ...(['service failed', 'not allowed', 'not public', 'no database', 'not needed'] as const),
]);
export const locationOfEwon = named(
  'LocationOfEwon',
  object<LocationView>({
    ...{ deviceId, name: text(), location: orNull(location), offBy: orNull(locationOffBy) },
    passed: list(object<PassedOver>({ source, why, detail: optional(text()) })),
    ...{ home: orNull(location), moves: yesOrNo, address: orNull(text()), dueAt: orNull(time) },
  }),
);

export const alarm = named(
  'Alarm',
  object<AlarmView>({
    ...{ deviceId, name: text(), code: text(), text: text(), openedAt: time, lastAt: time, count },
  }),
);

const sample = object<TagSample>({
  ...{ tag: text(), value: either<[number, boolean, string]>(number, yesOrNo, text()) },
  ...{ at: optional(time), quality: optional(oneOf(['good', 'bad', 'uncertain'])) },
});
export const telemetry = named(
  'TelemetryMessage',
  object<TelemetryView>({ ...{ epoch: text(), seq: count, at: time, receivedAt: time }, samples: list(sample) }),
);
