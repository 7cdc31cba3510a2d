import type { DeviceId } from '@ewon-agent/contracts';
import { hasPool, type Pools } from '../core/permissions.ts';
import type { RegistrationRecord } from '../core/records.ts';
import type { ListArea } from './lists.ts';
import { listsInPools } from './lists-in-pools.ts';
import type { AccountStore, StoreTx } from './store.ts';

// The store as somebody sees it who has some pools: what is in others is not there. It is asked for here, in one place,
// so that no route and no service can forget it.

/** Questions that are answered without what is in other pools. */
type Limited =
  | 'pools'
  | 'registration'
  | 'registrations'
  | 'countRegistrations'
  | 'ewon'
  | 'ewons'
  | 'ewonsNamed'
  | 'allRetained'
  | 'telemetry'
  | 'openAlarms'
  | 'alarmsOf'
  | 'locations'
  | 'locationOf'
  | 'grks'
  | 'grk'
  | 'command'
  | 'commands'
  | 'log';

/**
 * All others: they change what was found by one of the above, are of a device that proved itself, or are of the account as
 * a whole, which nobody may who has not all pools. `ewonByName`: a name is there once in an account, whoever asks. `linkedOfKey`,
 * `grkOfRequest`, `commandsOf`: what a decision ends or counts wherever it is, and no answer to a person.
 */
const AS_THEY_ARE = [
  ...['account', 'updateAccount', 'patchRoot', 'setPatchRoot', 'addPool', 'removePool'],
  ...['registrationByToken', 'registrationByRequestId', 'pendingOfKey', 'insertRegistration', 'updateRegistration'],
  ...['pruneRegistrations', 'ewonByName', 'insertEwon', 'updateEwon', 'sawEwons', 'epochsOf', 'addEpoch', 'retained'],
  ...['linkedOfKey', 'grkOfRequest', 'commandsOf'],
  ...['retain', 'certificates', 'certificate', 'insertCertificate', 'revokeCertificates', 'addTelemetry'],
  ...['pruneTelemetry', 'keepAlarms', 'dueLocations', 'keepLocation', 'isMobile', 'setMobile', 'forgetLocation'],
  ...['answerOf', 'keepAnswer', 'cellsNamed', 'cellsOfArea', 'keepCells', 'countCells', 'insertGrk', 'updateGrk'],
  ...['accountKeys', 'insertAccountKey', 'updateAccountKey', 'policy', 'setPolicy', 'insertCommand', 'updateCommand'],
  ...['pruneCommands', 'rollouts', 'rollout', 'keepRollout', 'appendLog', 'appendLogs', 'pruneLog'],
  ...['nonceGeneration', 'useNonce', 'nextNonceGeneration', 'addOneTimeLink', 'takeOneTimeLink', 'addSession'],
  ...[
    'hasSession',
    'endSession',
    'endSessions',
    'pruneSessions',
    'users',
    'user',
    'userByLogin',
    'insertUser',
    'updateUser',
  ],
  ...['removeUser', 'credentials', 'updateCredentials', 'passwordsOf', 'addPassword', 'setRecoveryCodes'],
  ...['countRecoveryCodes', 'takeRecoveryCode', 'groups', 'insertGroup', 'updateGroup', 'removeGroup', 'members'],
  ...['groupsOf', 'setGroupsOf', 'triesOf', 'keepTries', 'forgetTries', 'pruneTries', 'addUserSession', 'userSession'],
  ...['userSessions', 'endUserSession', 'endUserSessions', 'pruneUserSessions', 'rememberPc', 'rememberedPc'],
  ...['forgetPcs', 'prunePcs', 'apiTokens', 'apiTokenOf', 'insertApiToken', 'updateApiToken', 'removeApiToken'],
  ...['document', 'setDocument', 'contacts', 'keepContact', 'removeContact', 'manyTries'],
  ...['imports', 'import', 'keepImport', 'removeImport', 'importedEwons', 'countImported'],
  ...['importedEwon', 'keepImportedEwons'],
  ...['removeListed', 'handovers', 'handoverOf', 'keepHandover', 'removeHandover', 'pruneHandovers', 'movingEwons'],
  ...['allMoving', 'lastMoves', 'lastMoveOf', 'keepMoving'],
  ...['numbersOf', 'whatOf', 'retireNumber', 'standingReplacements'],
] as const satisfies readonly (keyof StoreTx)[];
type Others = Pick<StoreTx, (typeof AS_THEY_ARE)[number]>;

/** The store as it is seen with these pools. A question that is in neither list above does not compile. */
export function inPools(store: AccountStore, pools: Pools): AccountStore {
  if (pools === 'all') return store;
  return { accountId: store.accountId, transact: (work) => store.transact((tx) => work(seenWith(tx, pools))) };
}

function seenWith(tx: StoreTx, pools: Exclude<Pools, 'all'>): StoreTx {
  const isSeen = ({ pool }: { readonly pool: string }) => hasPool(pools, pool);
  const ewon = async (deviceId: DeviceId) => onlyIf(isSeen, await tx.ewon(deviceId));
  const ofSeen = async <T extends { readonly deviceId: DeviceId }>(rows: readonly T[]): Promise<readonly T[]> => {
    const ids = [...new Set(rows.map(({ deviceId }) => deviceId))];
    const seen = new Set((await tx.ewonsNamed(ids)).filter(isSeen).map(({ deviceId }) => deviceId));
    return rows.filter(({ deviceId }) => seen.has(deviceId));
  };
  /** Without the Ewon that it may take the place of, where that is in another pool. */
  const asSeen = async (record: RegistrationRecord): Promise<RegistrationRecord> =>
    record.replaces === null || (await ewon(record.replaces)) ? record : { ...record, replaces: null };
  const registrations: StoreTx['registrations'] = async (filter) => {
    const seen: RegistrationRecord[] = [];
    for (const record of (await tx.registrations(filter)).filter(isSeen)) seen.push(await asSeen(record));
    return seen;
  };
  const limited: Pick<StoreTx, Limited> = {
    pools: async () => (await tx.pools()).filter((pool) => hasPool(pools, pool)),
    async registration(id) {
      const record = onlyIf(isSeen, await tx.registration(id));
      return record && asSeen(record);
    },
    registrations,
    countRegistrations: async (filter) => (await registrations(filter)).length,
    ewon,
    ewons: async (filter) => (await tx.ewons(filter)).filter(isSeen),
    ewonsNamed: async (ids) => (await tx.ewonsNamed(ids)).filter(isSeen),
    allRetained: async (channel) => ofSeen(await tx.allRetained(channel)),
    telemetry: async (filter) => ((await ewon(filter.deviceId)) ? tx.telemetry(filter) : []),
    openAlarms: async () => ofSeen(await tx.openAlarms()),
    alarmsOf: async (ids) => ofSeen(await tx.alarmsOf(ids)),
    locations: async () => ofSeen(await tx.locations()),
    locationOf: async (deviceId) => ((await ewon(deviceId)) ? tx.locationOf(deviceId) : undefined),
    grks: async () => (await tx.grks()).filter(isSeen),
    grk: async (grkId) => onlyIf(isSeen, await tx.grk(grkId)),
    async command(commandId) {
      const record = await tx.command(commandId);
      return record && (await ewon(record.deviceId)) ? record : undefined;
    },
    commands: (filter) => tx.commands({ ...filter, pools }),
    log: (filter) => tx.log({ ...filter, pools }),
  };
  const others: Others = tx;
  const lists: ListArea = listsInPools(tx, pools);
  return { ...others, ...lists, ...limited };
}

function onlyIf<T>(isSo: (value: T) => boolean, value: T | undefined): T | undefined {
  return value !== undefined && isSo(value) ? value : undefined;
}
