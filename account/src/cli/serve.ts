import { join } from 'node:path';
import { describeFault, err, isCode, type LogLevel } from '@ewon-agent/contracts';
import { createClockSystem } from '../adapters/clock-system.ts';
import { createCountryMaxmind } from '../adapters/country-maxmind.ts';
import { createGeolocateFetch } from '../adapters/geolocate-fetch.ts';
import { createLog } from '../adapters/log-stderr.ts';
import { createRandomNode } from '../adapters/random-node.ts';
import { startEmbeddedBroker } from '../broker/broker-embedded.ts';
import { connectMosquitto } from '../broker/broker-mosquitto.ts';
import { registerPage } from '../page/serve.ts';
import type { StartBroker } from '../ports/start-broker.ts';
import { type Account, CA_FILE, createAccount } from '../server.ts';
import type { GeolocateService } from './geolocate.ts';
import { EXIT, type ExitStatus, type Form, type Io } from './io.ts';

export type ServeOptions = {
  readonly state: string;
  readonly keys?: string;
  readonly databaseUrl?: string;
  readonly host: string;
  readonly port: number;
  readonly publicPort?: number;
  readonly adminHost: string;
  readonly adminPort: number;
  readonly name: readonly string[];
  /** `embedded`, or the `mqtts://` URL of a Mosquitto. */
  readonly broker: string;
  readonly brokerPort: number;
  /** How devices call the broker; as this server does when empty. */
  readonly deviceBroker: readonly string[];
  /** Ewons that may wait with one key, and half as many from one network. */
  readonly pendingQuota: number;
  /** Where access points and cells are asked for; nowhere unless told. */
  readonly geolocate?: GeolocateService;
  readonly logLevel: LogLevel;
};

/** Serves until it is asked to end. */
export async function serve(io: Io, form: Form, options: ServeOptions): Promise<ExitStatus> {
  const clock = createClockSystem();
  const log = createLog(clock, options.logLevel, (line) => io.stderr(line));
  const ended = io.untilSignal();
  let account: Account;
  try {
    account = await createAccount({
      stateDir: options.state,
      ...(options.keys !== undefined && { keysDir: options.keys }),
      ...(options.databaseUrl !== undefined && { databaseUrl: options.databaseUrl }),
      clock,
      random: createRandomNode(),
      log,
      device: {
        ...{ host: options.host, port: options.port, names: options.name },
        ...(options.publicPort !== undefined && { publicPort: options.publicPort }),
      },
      admin: { host: options.adminHost, port: options.adminPort },
      startBroker: brokerFor(options),
      brokerRuns: options.broker === 'embedded' ? 'within' : 'beside',
      page: registerPage,
      places: {
        countries: createCountryMaxmind(log),
        ...(options.geolocate && { service: createGeolocateFetch(options.geolocate) }),
      },
      limits: { pendingPerGrk: options.pendingQuota, pendingPerNetwork: Math.ceil(options.pendingQuota / 2) },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    log.write('error', 'account', 'could not start', { cause: cause instanceof Error ? cause.stack : why });
    const known = cause instanceof Error && 'code' in cause && isCode(cause.code) ? cause.code : undefined;
    io.stderr(`${describeFault(err(known ?? 'ACCOUNT_ERROR', why).fault)}\n`);
    return known ? EXIT.refused : EXIT.broken;
  }
  const { accountId, deviceUrl, adminUrl, mqttUrls } = account;
  const signIn = await account.makeSignInLink();
  const ca = join(options.state, CA_FILE);
  if (form === 'json') io.stdout(`${JSON.stringify({ accountId, deviceUrl, adminUrl, mqttUrls, ca, signIn })}\n`);
  else
    io.stdout(
      [
        `account ${accountId}`,
        `devices ${deviceUrl}`,
        `brokers ${mqttUrls.join(' ')}`,
        `CA      ${ca}`,
        `sign in ${signIn} (once; another one: account sign-in --state ${options.state})`,
        '',
      ].join('\n'),
    );
  const why = await Promise.race([
    ended.then(() => 'asked' as const),
    account.displaced.then(() => 'displaced' as const),
  ]);
  await account.close();
  return why === 'asked' ? EXIT.done : EXIT.broken;
}

function brokerFor({ broker, deviceBroker, host, brokerPort }: ServeOptions): StartBroker {
  if (broker === 'embedded')
    return ({ portBefore, names, server, deviceCa, isActive, onMessage, log }) =>
      startEmbeddedBroker({
        ...{ host, port: brokerPort || portBefore },
        ...{ names, ...server, deviceCa, isActive, onMessage, log },
      });
  const deviceUrls = deviceBroker.length > 0 ? { deviceUrls: deviceBroker } : {};
  return ({ accountClient, tlsCa, onMessage, devices, connected, siblings, log }) =>
    connectMosquitto({
      ...{ url: broker, ...deviceUrls, ca: tlsCa, ...accountClient, onMessage, devices, connected, log },
      ...(siblings && { siblings }),
    });
}
