import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AccountId,
  type ClockPort,
  type LogPort,
  MQTT_URLS_MAX,
  PENDING_QUOTA_PER_GRK,
  type RandomPort,
  type Result,
  toUtf8,
} from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { keepPorts, readKeptPorts } from './adapters/kept-ports.ts';
import { keepFile, makeStateDir, writeFileDurably } from './adapters/secret-file.ts';
import { askSource } from './adapters/source-account.ts';
import { lockState } from './adapters/state-lock.ts';
import { accountClientAt } from './broker/mosquitto-config.ts';
import { takeWebSockets, WEBSOCKET_PATH } from './broker/websocket.ts';
import { busWith, type Change, createBus } from './bus.ts';
import { openCa } from './ca/ca.ts';
import { HOLDER, type UserRecord } from './core/users.ts';
import { openAccount } from './first-start.ts';
import { type House, type Limits, revokeAtBroker } from './house.ts';
import { createAdminApp } from './http/admin.ts';
import { createDeviceApp, DIRECTORY_PATH } from './http/device.ts';
import { createNonces } from './http/nonces.ts';

import { createIngest } from './ingest/ingest.ts';
import { isActive, linkedDevices } from './linked.ts';
import type { Broker } from './ports/broker.ts';
import type { StartBroker } from './ports/start-broker.ts';
import { createPasswordHasher, PASSWORD_COST_LOG2 } from './secrets/password-hash.ts';
import { createVault } from './secrets/vault.ts';
import { announceAspu, createAspu } from './service/aspu.ts';
import { createBuckets } from './service/buckets.ts';
import { expireCommands, takeCommandAway } from './service/commands.ts';
import { createHerald } from './service/herald.ts';
import { roundImports } from './service/imports/rounds.ts';
import { createLocator, type PlaceSources } from './service/locator.ts';
import { takeEvidenceAway } from './service/places.ts';
import { tellOrders } from './service/policy.ts';
import { roundRollouts } from './service/rollout.ts';
import { createRounds, type Rounds } from './service/rounds.ts';
import { makeOneTimeToken } from './service/sign-in.ts';
import { keepFirstKey, signingKey } from './service/signing.ts';
import { createStrangers } from './service/strangers.ts';
import { type Claim, checkPassword } from './service/users.ts';
import { openDatabase } from './store/open-database.ts';
import { startUpkeep, tellBrokerOfRevoked } from './upkeep.ts';

/** What an account server is made of. Ports of 0 are free ones; for devices the one that was chosen first, see kept-ports.ts. */
export type AccountOptions = {
  /** What is this process' own: its lock, ports, address and token, and the database unless that is elsewhere. */
  readonly stateDir: string;
  /** The keys of the account, which all its servers share; the state directory unless told. */
  readonly keysDir?: string;
  /** URL of a PostgreSQL; SQLite in the state directory unless told. */
  readonly databaseUrl?: string;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly log: LogPort;
  /**
   * `names`: how devices call this server, in the order of preference; the host it listens on when there are none.
   * `publicPort`: the port they are told, where something stands before this server; `port` unless told.
   */
  readonly device: {
    readonly host: string;
    readonly port: number;
    readonly publicPort?: number;
    readonly names: readonly string[];
  };
  readonly admin: { readonly host: string; readonly port: number };
  readonly startBroker: StartBroker;
  /** `beside`: it runs by itself, and several servers on one PostgreSQL may use it. `within` this process unless told. */
  readonly brokerRuns?: 'within' | 'beside';
  /** Adds the web page to the admin listener. */
  readonly page?: (app: FastifyInstance) => Promise<void>;
  readonly limits?: Partial<Limits>;
  /** Where places of Ewons are looked up, beside the account's own table of cells; nowhere unless told. */
  readonly places?: PlaceSources;
};

/** A running account server. */
export type Account = {
  readonly accountId: AccountId;
  /** URL of the directory, as a card names it. */
  readonly deviceUrl: string;
  readonly adminUrl: string;
  readonly mqttUrls: readonly string[];
  /** PEM of the CA by which devices trust this server. */
  readonly ca: string;
  /** For `Authorization: Bearer`; also in STATE/admin-token. */
  readonly adminToken: string;
  /** As service/users.ts says. */
  checkPassword(claim: Claim): Promise<Result<UserRecord>>;
  /** Makes a link that signs one browser in, once. */
  makeSignInLink(): Promise<string>;
  readonly deviceApp: ReturnType<typeof createDeviceApp>;
  readonly adminApp: FastifyInstance;
  /** Resolves when another server of the account has taken the place of this one, which must close then. */
  readonly displaced: Promise<void>;
  close(): Promise<void>;
};

/** File of the state directory that tells the command line where the server is; there only while it runs. */
export const ADDRESS_FILE = 'admin.json';
export const ADMIN_TOKEN_FILE = 'admin-token';
/** Copy of the CA for configurations of agents. */
export const CA_FILE = 'tls-ca.crt';

/** Half the quota of a key: a builder may commission dozens at one site, and a stolen key used from one network still leaves room for real devices. */
const PENDING_QUOTA_PER_NETWORK = 50;
/** A revoked key that somebody goes on using must not push everything else out of the log. */
const REFUSAL_LINES = { perSecond: 20 / 3600, burst: 20 };
/** What an address says, where nobody was told to look it up. */
const NO_PLACES: PlaceSources = { countries: { countryOf: async () => ({ is: 'none' }) } };
/** 200 devices behind one address that poll every 30 s need 7 requests a second. */
const REQUESTS = { perSecond: 20, burst: 200 };
/** A control room where everybody comes at the same minute; each costs a fifth of a second. */
const SIGN_INS = { perSecond: 1, burst: 30 };

/**
 * Starts the account server: state, CAs, broker, both listeners.
 * @throws when the state cannot be opened or a port is taken; nothing keeps running then
 */
export async function createAccount(options: AccountOptions): Promise<Account> {
  const { stateDir, clock, random, log } = options;
  const keysDir = options.keysDir ?? stateDir;
  for (const folder of [stateDir, keysDir]) makeStateDir(folder);
  const unlock = lockState(stateDir);
  const secret = (file: string, bytes: number) => keepFile(join(keysDir, file), () => random.bytes(bytes));
  const vault = createVault(await secret('master.key', 32), random);
  const seed = await secret('account-signing.key', 32); // of the first key; later ones are in the database alone
  const nonceKey = await secret('nonce.key', 32);
  const adminToken = await adminTokenOf(stateDir, random);
  const ca = await openCa(keysDir, random, clock.now());
  writeFileDurably(join(stateDir, CA_FILE), toUtf8(ca.tlsCa), 0o644);

  const closers: (() => Promise<unknown>)[] = [async () => unlock()];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    const opened = await openDatabase(options);
    closers.push(() => opened.store.close());
    const { brokerRuns = 'within' } = options;
    const serves = options.databaseUrl !== undefined && brokerRuns === 'beside' ? 'shared' : 'alone';
    const heard = createBus();
    const onChange = (change: Change | 'missed') =>
      heard.publish(change === 'missed' ? { type: 'missed', id: '' } : change);
    const siblings = await opened.join({ log, serves, onChange });
    closers.push(() => siblings.close());
    const bus = busWith(heard, siblings);
    const store = await openAccount(opened.store, { clock, random, vault }, brokerRuns);
    const { accountId } = store;
    const limits: Limits = {
      pendingPerGrk: PENDING_QUOTA_PER_GRK,
      pendingPerNetwork: PENDING_QUOTA_PER_NETWORK,
      requests: REQUESTS,
      signIns: SIGN_INS,
      passwordCostLog2: PASSWORD_COST_LOG2,
      ...options.limits,
    };

    const names = options.device.names.length > 0 ? options.device.names : [reachable(options.device.host)];
    const kept = readKeptPorts(stateDir);
    const started = Promise.withResolvers<Broker>(); // it hands over messages before it is here to send any
    const publish: Broker['publish'] = async (message) => (await started.promise).publish(message);
    await keepFirstKey(store, { vault, seed, nowMs: clock.now() });
    const herald = createHerald({ publish, log });
    const commandEnded = (of: Parameters<typeof takeCommandAway>[1]) => takeCommandAway({ accountId, herald }, of);
    const locator = createLocator({ store, bus, clock, log }, options.places ?? NO_PLACES);
    closers.push(() => locator.close());
    let rollouts: Rounds | undefined; // needs the broker, which hands over messages before it is here
    const ingest = createIngest({ accountId, store, bus, clock, log, commandEnded }, publish, {
      quarantine: async (deviceId) => {
        const house = { broker: await started.promise, store, log };
        await revokeAtBroker(house, { accountId, deviceId });
      },
      locationTold: locator.wake,
      patchTold: () => rollouts?.wake(),
      locationUnwanted: (deviceId) => takeEvidenceAway({ accountId, herald }, [deviceId]),
    });
    closers.push(() => ingest.close());
    const met = createStrangers({ store, bus, clock, log });
    const broker: Broker = await options.startBroker({
      accountId,
      portBefore: kept.broker,
      names,
      server: await ca.issueServerCertificate(names, clock.now()),
      accountClient: await ca.issueAccountClientCertificate(clock.now(), accountClientAt(siblings.place)),
      tlsCa: ca.tlsCa,
      deviceCa: ca.deviceCa,
      async isActive(device, serial) {
        const isWelcome = await isActive(store, device, serial);
        if (!isWelcome) await met(device);
        return isWelcome;
      },
      onMessage: ingest.take,
      settled: async () => {
        await ingest.settled();
        await locator.settled();
        await rollouts?.settled();
      },
      connected: () =>
        void tellOrders({ accountId, herald, clock, store, vault }).catch((cause: unknown) =>
          log.write('error', 'broker', 'orders could not be read', { cause: String(cause) }),
        ),
      devices: () => linkedDevices(store),
      ...(serves === 'shared' && { siblings }),
      log,
    });
    closers.push(() => {
      ingest.stopWaiting();
      return broker.close();
    });
    started.resolve(broker);
    const aspu = createAspu(stateDir, { vault, clock, log });
    aspu.refresh(); // before anybody reads: this server may have been off for long
    const refusalLines = createBuckets(clock, REFUSAL_LINES);
    const house: House = {
      accountId,
      store,
      ca,
      vault,
      broker,
      herald,
      locator,
      aspu,
      bus,
      clock,
      random,
      log,
      limits,
      passwords: createPasswordHasher(limits.passwordCostLog2),
      person: HOLDER,
      refusalLines,
    };
    rollouts = createRounds(house, 'rollout', () => roundRollouts(house));
    closers.push(rollouts.close);
    // one beside this process was brought to agree when it was connected
    if (brokerRuns === 'within') for (const device of await linkedDevices(store)) await broker.admit(device);
    await tellBrokerOfRevoked(house);
    await expireCommands(house);
    await announceAspu(house);
    await tellOrders(house);

    const nonces = await createNonces(store, nonceKey, { clock, random });
    let mqttUrls = broker.urls;
    const deviceApp = createDeviceApp(house, {
      nonces,
      names,
      mqttUrls: () => mqttUrls,
      server: await ca.issueServerCertificate(names, clock.now()),
    });
    closers.push(() => deviceApp.close());
    const wantedPort = options.device.port || kept.device;
    const devicePort = portOf(await deviceApp.listen({ host: options.device.host, port: wantedPort }));
    if (broker.takeStream) {
      const dropWebSockets = takeWebSockets(deviceApp.server, broker.takeStream);
      closers.push(async () => dropWebSockets());
      const byWebSocket = names.map((name) => `wss://${inUrl(name)}:${devicePort}${WEBSOCKET_PATH}`);
      mqttUrls = [...mqttUrls, ...byWebSocket].slice(0, MQTT_URLS_MAX);
    }
    keepPorts(stateDir, { device: Number(devicePort), broker: Number(portOf(broker.urls[0] ?? '')) });
    const publicPort = options.device.publicPort ?? devicePort;
    const deviceUrl = `https://${inUrl(names[0] ?? 'localhost')}:${publicPort}${DIRECTORY_PATH}`;

    const card = async () => {
      const { jwk, secretKey } = await store.transact((tx) => signingKey(tx, vault));
      return { accountUrl: deviceUrl, accountKey: jwk, secretKey };
    };
    const imports = createRounds(house, 'import', (closing) => roundImports(house, askSource, closing));
    closers.push(imports.close);
    const adminApp = createAdminApp(house, { adminToken, mqttUrls, card, askSource, imports });
    closers.push(() => adminApp.close());
    await options.page?.(adminApp);
    const adminPort = portOf(await adminApp.listen({ host: options.admin.host, port: options.admin.port }));
    const adminUrl = `http://${inUrl(reachable(options.admin.host))}:${adminPort}`;

    closers.push(startUpkeep(house, nonces, { siblings, imports }));
    imports.wake(); // what was under way when the server ended
    const addressFile = join(stateDir, ADDRESS_FILE);
    const database = options.databaseUrl === undefined ? 'sqlite' : 'postgres'; // what a backup has to look for
    writeFileDurably(addressFile, toUtf8(JSON.stringify({ adminUrl, deviceUrl, database })));
    closers.push(async () => rmSync(addressFile, { force: true }));
    log.write('info', 'account', 'serving', { accountId, deviceUrl, adminUrl, mqttUrls });
    return {
      ...{
        accountId,
        deviceUrl,
        adminUrl,
        mqttUrls,
        ca: ca.tlsCa,
        adminToken,
        deviceApp,
        adminApp,
        close,
        displaced: siblings.displaced,
      },
      checkPassword: (claim) => checkPassword(house, claim),
      makeSignInLink: async () => `${adminUrl}/#once=${await makeOneTimeToken(house)}`,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function adminTokenOf(stateDir: string, random: RandomPort): Promise<string> {
  const made = () => toUtf8(Buffer.from(random.bytes(24)).toString('base64url'));
  return Buffer.from(await keepFile(join(stateDir, ADMIN_TOKEN_FILE), made))
    .toString('ascii')
    .trim();
}

/** An address that one can connect to: "all interfaces" is none. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function portOf(address: string): string {
  return URL.parse(address)?.port ?? '';
}
