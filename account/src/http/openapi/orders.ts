import { COMMAND_STATES, commandArguments, deniedPatches, policyWindow } from '@ewon-agent/contracts';
import type { NamedEwon, PolicyEffect, SwitchEffect } from '../../core/policy-effect.ts';
import { readCommandOrder, readCommandQuery, readPolicyChange } from '../bodies.ts';
import type { CommandView, PolicyView } from '../views.ts';
import { byDevice, commandId, deviceId, time } from './common.ts';
import { type Declarations, json } from './declared.ts';
import { as, count, list, named, object, oneOf, optional, orNull, text, yesOrNo } from './shape.ts';

export const policy = named(
  'Policy',
  object<PolicyView>({
    ...{ version: count, issuedAt: time, geolocation: yesOrNo, remoteManagement: yesOrNo },
    ...{ window: optional(as(policyWindow)), denied: as(deniedPatches), held: optional(as(deniedPatches)) },
    confirm: optional(yesOrNo),
  }),
);
const namedEwon = { deviceId, name: text() };
const effectOfSwitch = object<SwitchEffect>({
  on: count,
  offBy: object<SwitchEffect['offBy']>({ account: count, device: count, board: count }),
  off: list(
    object<NamedEwon & { readonly by: 'account' | 'device' | 'board' }>({
      ...namedEwon,
      by: oneOf(['account', 'device', 'board']),
    }),
  ),
});
const effect = object<PolicyEffect>({
  ...{ version: count, ewons: count, applied: count },
  waiting: list(
    object<PolicyEffect['waiting'][number]>({
      ...{ ...namedEwon, status: oneOf(['online', 'offline']), lastSeen: orNull(time), agent: text() },
      ...{ version: orNull(count), why: oneOf(['offline', 'silent', 'older']) },
    }),
  ),
  waitingWhy: object<PolicyEffect['waitingWhy']>({ offline: count, silent: count, older: count }),
  ...{ geolocation: effectOfSwitch, remoteManagement: effectOfSwitch },
});
const command = named(
  'Command',
  object<CommandView>({
    ...{ id: commandId, deviceId, name: text(), arguments: as(commandArguments), issuedAt: time, expiresAt: time },
    ...{ state: oneOf(COMMAND_STATES), saidBy: oneOf(['account', 'device']), reason: orNull(text()) },
    ...{ detail: orNull(text()), result: orNull(as({ type: 'object' })), changedAt: time },
  }),
);

/** What the account allows its Ewons, and what it orders. */
export const ORDER_ROUTES: Declarations = {
  'GET /api/v1/policy': { summary: 'What the account allows its Ewons', answers: json(policy) },
  'PATCH /api/v1/policy': {
    summary: 'Changes it; what is not named stays',
    body: readPolicyChange,
    answers: json(policy),
  },
  'GET /api/v1/policy/effect': { summary: 'What has come of the policy on the Ewons', answers: json(effect) },
  'POST /api/v1/ewons/:id/commands': {
    ...byDevice,
    summary: 'Sends a command to an Ewon; it waits for it, an hour unless told',
    body: readCommandOrder,
    answers: json(command),
  },
  'GET /api/v1/commands': {
    summary: 'The newest commands, without what they answered',
    query: readCommandQuery,
    answers: json(list(command)),
  },
  'GET /api/v1/commands/:id': {
    summary: 'A command, and what it answered',
    path: { id: commandId.schema },
    answers: json(command),
  },
};
