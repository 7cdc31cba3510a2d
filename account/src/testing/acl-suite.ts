import {
  commandIdFrom,
  commandStateTopicFor,
  commandTopicFor,
  type DeviceAddress,
  type LogPort,
  topicFor,
  topicPrefixFor,
} from '@ewon-agent/contracts';
import { assert, eventually, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import type { Broker } from '../ports/broker.ts';
import { type Probe, type ProbeOptions, probe } from './mqtt-probe.ts';
import { createTestPki, type Identity, type TestPki, testDevices } from './test-pki.ts';

// The matrix of threats.md, "MQTT": N devices against N devices, by every way that MQTT offers. One suite for each
// broker. A leak is a payload that reached somebody it was not for, on either side; the marks in the payloads tell.

export type AclRig = {
  readonly broker: Broker;
  readonly url: string;
  stop(): Promise<void>;
};
export type AclRigOptions = {
  readonly pki: TestPki;
  isActive(device: DeviceAddress): Promise<boolean>;
  onMessage(topic: string, payload: Uint8Array): void;
};

const COMMAND = commandIdFrom(new Uint8Array(17).fill(9));

/** A log that says nothing, for tests that look at outcomes. */
export const silentLog: LogPort = { write: () => {} };

/** Declares the matrix for one broker: which MQTT versions it speaks, and whether it keeps sessions for who is away. */
export function aclSuite(
  name: string,
  options: SuiteOptions,
  { protocolVersions, sessions }: { readonly protocolVersions: readonly (4 | 5)[]; readonly sessions: 'kept' | 'none' },
  start: (rig: AclRigOptions) => Promise<AclRig>,
): void {
  suite(`access matrix: ${name}`, { timeoutMs: 120_000, ...options }, (test) => {
    const devices = [...testDevices(3), ...testDevices(3)];
    const active = new Set<string>();
    const taken: string[] = [];
    const identities = new Map<DeviceAddress, Identity>();
    let pki: TestPki;
    let rig: AclRig;

    test.before(async () => {
      pki = await createTestPki();
      rig = await start({
        pki,
        isActive: async ({ deviceId }) => active.has(deviceId),
        onMessage: (topic, payload) => void taken.push(`${topic} ${Buffer.from(payload).toString()}`),
      });
      for (const device of devices) {
        identities.set(device, await pki.device(device));
        await admit(device);
      }
    });
    test.after(() => rig.stop());

    const admit = async (device: DeviceAddress) => {
      active.add(device.deviceId);
      await rig.broker.admit(device);
    };
    const revoke = async (device: DeviceAddress) => {
      active.delete(device.deviceId);
      await rig.broker.revoke(device);
    };
    const attempt = (as: DeviceAddress, more: Partial<ProbeOptions> = {}) =>
      probe({ url: rig.url, serverCa: pki.serverCa.pem, identity: identities.get(as), clientId: as.deviceId, ...more });
    const connect = async (as: DeviceAddress, more: Partial<ProbeOptions> = {}): Promise<Probe> => {
      const outcome = await attempt(as, more);
      if (!outcome.ok) throw new Error(`${as.deviceId} was refused: ${outcome.reason}`);
      return outcome.probe;
    };
    const down = (device: DeviceAddress, leaf: string) => `${topicPrefixFor(device)}/down/${leaf}`;
    const send = (device: DeviceAddress, leaf: string, payload: string, retain: boolean) =>
      rig.broker.publish({ topic: down(device, leaf), payload, qos: 1, retain });
    /** Sends to every device and waits until each that listens has it: whatever was sent before has arrived as well. */
    const round = async (listening: ReadonlyMap<DeviceAddress, Probe>, mark: string) => {
      for (const device of devices) await send(device, 'ack', `${mark} for ${device.deviceId}`, false);
      await Promise.all([...listening].map(([device, p]) => p.hears(`${mark} for ${device.deviceId}`)));
    };
    const everybody = async (protocolVersion: 4 | 5) => {
      const open = new Map<DeviceAddress, Probe>();
      for (const device of devices) {
        const p = await connect(device, { protocolVersion });
        assert.equal(await p.subscribe(down(device, '#')), 'granted', 'its own down/# is granted');
        open.set(device, p);
      }
      return open;
    };
    const heardOnlyOwn = (open: ReadonlyMap<DeviceAddress, Probe>) => {
      for (const [device, p] of open) {
        const foreign = p.heard.filter((line) => !line.startsWith(`${topicPrefixFor(device)}/down/`));
        assert.deepEqual(foreign, [], `${device.deviceId} heard what is not below its own down/`);
      }
    };
    const leaveAll = (open: ReadonlyMap<DeviceAddress, Probe>) =>
      Promise.all([...open.values()].map((p) => p.leave('orderly')));

    for (const protocolVersion of protocolVersions) {
      const over = `MQTT ${protocolVersion === 4 ? '3.1.1' : '5'}`;

      test(`${over}: what each sends on its own channels arrives once, in order, and at nobody else`, async () => {
        const open = await everybody(protocolVersion);
        const from = taken.length;
        await Promise.all(
          [...open].map(async ([device, p]) => {
            const outcomes = Array.from({ length: 20 }, (_, i) => p.publish(topicFor(device, 'event'), `own ${i}`));
            assert.deepEqual(await Promise.all(outcomes), new Array(20).fill('acked'));
          }),
        );
        await round(open, `own-${protocolVersion}`);
        for (const device of devices) {
          const mine = taken.slice(from).filter((line) => line.startsWith(topicFor(device, 'event')));
          assert.deepEqual(
            mine.map((line) => line.split(' ').slice(1).join(' ')),
            Array.from({ length: 20 }, (_, i) => `own ${i}`),
          );
        }
        heardOnlyOwn(open);
        await leaveAll(open);
      });

      test(`${over}: publish and retained on another's up/ and down/ and on the broker's own topics: nothing arrives`, async () => {
        const victims = await everybody(protocolVersion);
        const [attacker] = testDevices(1);
        if (!attacker) throw new Error('this is a bug');
        identities.set(attacker, await pki.device(attacker));
        await admit(attacker);
        const targets = [
          ...devices.flatMap((d) => [
            ...[topicFor(d, 'status'), down(d, 'policy'), down(d, 'cmd/x')],
            ...[commandTopicFor(d, COMMAND), commandStateTopicFor(d, COMMAND)],
          ]),
          `${topicPrefixFor(attacker)}/down/policy`,
          commandTopicFor(attacker, COMMAND),
          `${topicPrefixFor(attacker)}/up/unknown`,
          `${topicPrefixFor(attacker)}/up/cmd`,
          `${commandStateTopicFor(attacker, COMMAND)}/x`,
          '$SYS/broker/version',
          '$CONTROL/dynamic-security/v1',
          `$share/g/${topicFor(attacker, 'status')}`,
          'elsewhere',
        ];
        const from = taken.length;
        for (const topic of targets) {
          for (const retain of [false, true]) {
            const p = await connect(attacker, { protocolVersion });
            await p.publish(topic, `leak ${topic}`, { retain });
            await p.leave('orderly');
          }
        }
        await round(victims, `foreign-${protocolVersion}`);
        assert.deepEqual(
          taken.slice(from).filter((line) => line.includes('leak')),
          [],
        );
        heardOnlyOwn(victims);
        for (const p of victims.values())
          assert.deepEqual(
            p.heard.filter((line) => line.includes('leak')),
            [],
          );
        await leaveAll(victims);
        // nothing was retained either: who subscribes now hears none of it
        const later = await everybody(protocolVersion);
        await round(later, `later-${protocolVersion}`);
        for (const p of later.values())
          assert.deepEqual(
            p.heard.filter((line) => line.includes('leak')),
            [],
          );
        await leaveAll(later);
        await revoke(attacker);
      });

      test(`${over}: each as every other, every filter that reaches further is refused and hears nothing`, async () => {
        const open = await everybody(protocolVersion);
        for (const [device, p] of open) {
          const filters = [
            '#',
            '+/#',
            'ewon/#',
            'ewon/v1/#',
            'ewon/v1/+/+/down/#',
            `ewon/v1/${device.accountId}/+/down/#`,
            `ewon/v1/+/${device.deviceId}/down/#`,
            `ewon/v1/${device.accountId}/+/up/+`,
            `${topicPrefixFor(device)}/#`,
            `${topicPrefixFor(device)}/up/#`,
            `${topicPrefixFor(device)}/+/policy`,
            '$SYS/#',
            '$CONTROL/#',
            '$CONTROL/dynamic-security/v1/response',
            '$share/g/#',
            '$share/account/ewon/v1/+/+/up/event',
            '$share/g/ewon/v1/+/+/down/#',
            ...devices
              .filter((d) => d !== device)
              .flatMap((d) => [down(d, '#'), topicFor(d, 'status'), `$share/g/${down(d, '#')}`]),
          ];
          for (const filter of filters) assert.equal(await p.subscribe(filter), 'refused', filter);
        }
        for (const device of devices) {
          await send(device, 'policy', `policy of ${device.deviceId}`, true);
          await open.get(device)?.publish(topicFor(device, 'status'), `status of ${device.deviceId}`, { retain: true });
        }
        await round(open, `wild-${protocolVersion}`);
        heardOnlyOwn(open);
        await leaveAll(open);
      });

      test(`${over}: a device cannot erase its own policy, and hears it again`, async () => {
        for (const device of devices) {
          await send(device, 'policy', `kept policy ${device.deviceId}`, true);
          const p = await connect(device, { protocolVersion });
          await p.publish(down(device, 'policy'), '', { retain: true });
          await p.leave('orderly');
          const again = await connect(device, { protocolVersion });
          await again.subscribe(down(device, '#'));
          await again.hears(`kept policy ${device.deviceId}`);
          await again.leave('orderly');
        }
      });

      test(`${over}: each says how its own command stands, to the account alone, and cannot erase the command`, async () => {
        const open = await everybody(protocolVersion);
        const from = taken.length;
        for (const device of devices) await send(device, `cmd/${COMMAND}`, `order for ${device.deviceId}`, true);
        for (const [device, p] of open) {
          await p.hears(`order for ${device.deviceId}`);
          assert.equal(await p.publish(commandStateTopicFor(device, COMMAND), 'state', { retain: true }), 'acked');
          const own = `${commandStateTopicFor(device, COMMAND)} state`;
          await eventually(() => taken.slice(from).includes(own), { what: 'the state at the account' });
          const other = await connect(device, { protocolVersion }); // pushes the first one out
          await other.publish(commandTopicFor(device, COMMAND), '', { retain: true });
          await other.leave('orderly');
        }
        assert.equal(taken.slice(from).length, devices.length);
        const later = await everybody(protocolVersion);
        for (const [device, p] of later) await p.hears(`order for ${device.deviceId}`);
        heardOnlyOwn(later);
        for (const device of devices) await send(device, `cmd/${COMMAND}`, '', true);
        await leaveAll(later);
      });

      test(`${over}: wills on another's topics are never published, the own will is`, async () => {
        const victims = await everybody(protocolVersion);
        const [attacker, honest] = testDevices(2);
        if (!attacker || !honest) throw new Error('this is a bug');
        for (const d of [attacker, honest]) {
          identities.set(d, await pki.device(d));
          await admit(d);
        }
        const from = taken.length;
        for (const topic of devices.flatMap((d) => [topicFor(d, 'status'), down(d, 'policy')])) {
          const will = { topic, payload: 'leaked will', qos: 1, retain: true } as const;
          const outcome = await attempt(attacker, { protocolVersion, will });
          if (outcome.ok) await outcome.probe.leave('cut'); // Mosquitto judges a will when it is due
        }
        const will = { topic: topicFor(honest, 'status'), payload: 'honest will', qos: 1, retain: true } as const;
        const p = await connect(honest, { protocolVersion, will });
        await p.leave('cut');
        await round(victims, `will-${protocolVersion}`);
        await eventually(() => taken.slice(from).some((line) => line.endsWith('honest will')), {
          what: 'the own will',
        });
        assert.deepEqual(
          taken.slice(from).filter((line) => line.includes('leaked')),
          [],
        );
        heardOnlyOwn(victims);
        for (const v of victims.values())
          assert.deepEqual(
            v.heard.filter((line) => line.includes('leaked')),
            [],
          );
        await leaveAll(victims);
        for (const d of [attacker, honest]) await revoke(d);
      });

      test(`${over}: a persistent session under each other's client id: nothing heard, nobody pushed out, nothing lost`, async () => {
        // every device leaves a session behind, and something waits for it
        for (const device of devices) {
          const p = await connect(device, { protocolVersion, clean: false });
          await p.subscribe(down(device, '#'));
          await p.leave('orderly');
          await send(device, 'ack', `waiting for ${device.deviceId}`, false);
        }
        const heard = new Set<string>();
        const steal = async (owner: DeviceAddress, thief: DeviceAddress) => {
          const outcome = await attempt(thief, { protocolVersion, clean: false, clientId: owner.deviceId });
          if (!outcome.ok) return;
          // the certificate's name took the place of the client id: it is the thief's own session
          await send(thief, 'ack', `border of ${thief.deviceId}`, false);
          await outcome.probe.hears(`border of ${thief.deviceId}`);
          heardOnlyOwn(new Map([[thief, outcome.probe]]));
          for (const line of outcome.probe.heard) heard.add(line);
          await outcome.probe.leave('orderly');
        };
        for (const owner of devices) for (const thief of devices) if (thief !== owner) await steal(owner, thief);
        for (const owner of devices) {
          const back = await connect(owner, { protocolVersion, clean: false });
          assert.equal(await back.subscribe(down(owner, '#')), 'granted');
          for (const thief of devices) if (thief !== owner) await steal(owner, thief);
          await send(owner, 'ack', `still for ${owner.deviceId}`, false);
          await back.hears(`still for ${owner.deviceId}`);
          assert.equal(back.isOpen, true, 'the owner was pushed out');
          for (const line of back.heard) heard.add(line);
          await back.leave('orderly');
        }
        if (sessions === 'kept') {
          const lost = devices.filter((d) => !heard.has(`${down(d, 'ack')} waiting for ${d.deviceId}`));
          assert.deepEqual(lost, [], 'what waited in a session was lost');
        }
        await leaveAll(await everybody(protocolVersion)); // clean: the sessions end here
      });

      test(`${over}: revoked: the open connection is dropped, and the next can do nothing, its will included`, async () => {
        const [victim] = devices;
        if (!victim) throw new Error('this is a bug');
        for (const attackerVersion of protocolVersions) {
          const [gone] = testDevices(1);
          if (!gone) throw new Error('this is a bug');
          identities.set(gone, await pki.device(gone));
          await admit(gone);
          const p = await connect(gone, { protocolVersion: attackerVersion });
          assert.equal(await p.subscribe(down(gone, '#')), 'granted');
          const from = taken.length;
          await revoke(gone);
          await p.closed;
          const will = { topic: topicFor(gone, 'status'), payload: 'will after', qos: 1, retain: true } as const;
          const again = await attempt(gone, { protocolVersion: attackerVersion, will });
          if (again.ok) {
            assert.notEqual(await again.probe.subscribe(down(gone, '#')), 'granted');
            const sent = await again.probe.publish(topicFor(gone, 'event'), 'event after');
            if (attackerVersion === 5) assert.equal(sent, 'refused', 'MQTT 5 says so');
            await send(gone, 'policy', 'policy after', false);
            await send(gone, 'ack', 'ack after', false);
            assert.deepEqual(again.probe.heard, []);
            await again.probe.leave('cut');
          }
          const witness = await connect(victim, { protocolVersion });
          await witness.publish(topicFor(victim, 'event'), `witness ${attackerVersion}`);
          await eventually(() => taken.slice(from).some((line) => line.endsWith(`witness ${attackerVersion}`)), {
            what: 'the witness',
          });
          assert.deepEqual(
            taken.slice(from).filter((line) => line.endsWith(' after')),
            [],
          );
          await witness.leave('orderly');
          await revoke(gone); // twice is success
        }
      });

      test(`${over}: no certificate, one of another CA, and the account's own without its name: nothing`, async () => {
        const [device] = devices;
        if (!device) throw new Error('this is a bug');
        const stranger = await (await createTestPki()).device(device);
        assert.equal((await attempt(device, { protocolVersion, identity: undefined })).ok, false);
        assert.equal((await attempt(device, { protocolVersion, identity: stranger })).ok, false);
        const unknown = await pki.deviceCa.issue({ commonName: 'somebody' });
        const outcome = await attempt(device, { protocolVersion, identity: unknown });
        if (outcome.ok) {
          assert.equal(await outcome.probe.subscribe(down(device, '#')), 'refused');
          await outcome.probe.leave('orderly');
        }
      });
    }
  });
}
