import { assert, suite } from '@ewon-agent/contracts/testing';
import { createTufRepository, type TufRepository } from '../testing/switch-repository.ts';
import { versionTarget } from '../testing/version-archive.ts';
import { lookAgain, trustedText } from './tuf-again.ts';

// Attacks by the names that TUF has for them; a repository that is fine is never refused.

const PATCH = 'ewon-agent.tar.zst';
const NOW = Date.parse('2026-11-26T00:00:00Z');
const target = versionTarget({ version: '1.1.0' });
const targets = { [PATCH]: target };
const all = (version: number) => ({ timestamp: version, snapshot: version, targets: version });

/** Root's memory over several orders. */
function createMemory(firstRoot: string) {
  let saved: string | undefined;
  return {
    look(offered: Record<string, string>, { path = PATCH, nowMs = NOW } = {}): string {
      const { target, trusted } = lookAgain({ firstRoot, saved, offered, path, nowMs });
      saved = trusted && trustedText(trusted);
      return target.ok ? 'taken' : target.fault.code;
    },
    spoil(text: string) {
      saved = text;
    },
  };
}

suite('the second look at a target', (test) => {
  let repository: TufRepository;
  let memory: ReturnType<typeof createMemory>;
  const begin = (threshold = 1) => {
    repository = createTufRepository({ threshold });
    memory = createMemory(repository.root(1));
  };
  test.before.each(() => begin());
  const look = (...args: Parameters<typeof memory.look>) => memory.look(...args);

  test('says what was signed of it', () => {
    const looked = lookAgain({
      ...{ firstRoot: repository.root(1), saved: undefined, path: PATCH, nowMs: NOW },
      offered: repository.publish({ targets }),
    });
    const { bytes, sha256, custom } = target;
    assert.deepEqual(looked.target, { ok: true, value: { path: PATCH, length: bytes.length, sha256, custom } });
  });

  test('a repository that is fine is taken, again and again, and with each new version', () => {
    for (const version of [1, 1, 2, 3, 3, 10])
      assert.equal(look(repository.publish({ targets, versions: all(version) })), 'taken');
  });

  test('roots that were rotated are followed, in one go or in several, also under the name of a client', () => {
    const [two, three] = [repository.rotate('timestamp', 2), repository.rotate('root', 3)];
    const files = repository.publish({ targets });
    assert.equal(look({ ...files, '2.root.json': two, '3.root.json': three }), 'taken');
    assert.equal(look(files), 'taken');
    const four = repository.rotate('targets', 4);
    assert.equal(look({ ...repository.publish({ targets, versions: all(2) }), 'root.json': four }), 'taken');
  });

  test('a root that skips one, or is not signed by the one before', () => {
    repository.rotate('root', 2);
    const three = repository.rotate('root', 3);
    assert.equal(look({ ...repository.publish({ targets }), '2.root.json': three }), 'TUF_UNSIGNED');
    const foreign = createTufRepository();
    assert.equal(look({ ...foreign.publish({ targets }), '2.root.json': foreign.root(2) }), 'TUF_UNSIGNED');
  });

  test('a root of a client that is two ahead says that those between are missing, and is not taken for an attack', () => {
    repository.rotate('timestamp', 2);
    const three = repository.rotate('root', 3);
    assert.equal(look({ ...repository.publish({ targets }), 'root.json': three }), 'TUF_MALFORMED');
  });

  test('each role signed by another key', () => {
    const stranger = [createTufRepository().createSigner()];
    for (const role of ['timestamp', 'snapshot', 'targets'] as const)
      assert.equal(look(repository.publish({ targets, signedBy: { [role]: stranger } })), 'TUF_UNSIGNED', role);
  });

  test('one role signed by the key of another', () => {
    const { signers } = repository;
    assert.equal(look(repository.publish({ targets, signedBy: { targets: signers.timestamp } })), 'TUF_UNSIGNED');
  });

  test('fewer signatures than the root asks for', () => {
    begin(2);
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
      const signedBy = { [role]: repository.signers[role].slice(0, 1) };
      assert.equal(look(repository.publish({ targets, signedBy })), 'TUF_BELOW_THRESHOLD', role);
    }
    assert.equal(look(repository.publish({ targets })), 'taken');
  });

  test('rollback: each role older than was seen, also where the order that brought it was refused', () => {
    assert.equal(look(repository.publish({ versions: all(5) })), 'TUF_TARGET_UNKNOWN');
    for (const role of ['timestamp', 'snapshot', 'targets'] as const)
      assert.equal(look(repository.publish({ targets, versions: { ...all(6), [role]: 4 } })), 'TUF_ROLLBACK', role);
    assert.equal(look(repository.publish({ targets, versions: all(7) })), 'taken');
  });

  test('freeze: each role that has expired', () => {
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
      begin();
      assert.equal(
        look(repository.publish({ targets, expires: { [role]: '2020-01-01T00:00:00Z' } })),
        'TUF_FROZEN',
        role,
      );
    }
  });

  test('freeze: the same files again, after they have expired', () => {
    const files = repository.publish({ targets, expires: { timestamp: '2026-11-27T00:00:00Z' } });
    assert.equal(look(files), 'taken');
    assert.equal(look(files, { nowMs: Date.parse('2026-11-28T00:00:00Z') }), 'TUF_FROZEN');
  });

  test('a clock that is set back un-expires nothing, and one that ran ahead locks nobody out', () => {
    const files = (version: number, expires: string) =>
      repository.publish({ targets, versions: all(version), expires: { timestamp: expires } });
    assert.equal(look(files(1, '2027-01-01T00:00:00Z')), 'taken');
    assert.equal(look(files(2, '2026-11-01T00:00:00Z'), { nowMs: 0 }), 'TUF_FROZEN');
    assert.equal(look(files(3, '2027-01-01T00:00:00Z'), { nowMs: Date.parse('2080-01-01T00:00:00Z') }), 'TUF_FROZEN');
    assert.equal(look(files(4, '2027-01-01T00:00:00Z')), 'taken');
  });

  test('mix-and-match: files of different days', () => {
    const [old, fresh] = [1, 2].map((version) => repository.publish({ targets, versions: all(version) }));
    assert.equal(look({ ...fresh, 'snapshot.json': old?.['snapshot.json'] ?? '' }), 'TUF_MIXED');
    assert.equal(look({ ...fresh, 'targets.json': old?.['targets.json'] ?? '' }), 'TUF_MIXED');
    assert.equal(look(fresh ?? {}), 'taken');
  });

  test('fast-forward: recovered from by new keys', () => {
    assert.equal(look(repository.publish({ versions: { ...all(2_000_000), targets: 1 } })), 'TUF_TARGET_UNKNOWN');
    assert.equal(look(repository.publish({ targets, versions: all(2) })), 'TUF_ROLLBACK');
    repository.rotate('snapshot', 2);
    const root = repository.rotate('timestamp', 2);
    assert.equal(look({ ...repository.publish({ targets, versions: all(3) }), '2.root.json': root }), 'taken');
  });

  test('a target that is not offered, also by a name that every object has', () => {
    for (const path of ['other.tar.zst', 'constructor', 'toString', '__proto__'])
      assert.equal(look(repository.publish({ targets }), { path }), 'TUF_TARGET_UNKNOWN', path);
  });

  test('a target that is described in a way that cannot be read', () => {
    for (const custom of [{}, { ...target.custom, kind: 'else' }, { ...target.custom, version: '1' }])
      assert.equal(look(repository.publish({ targets: { [PATCH]: { ...target, custom } } })), 'PATCH_UNREADABLE');
    assert.equal(look(repository.publish({ targets: { [PATCH]: { ...target, sha256: 'AB' } } })), 'PATCH_UNREADABLE');
  });

  test('files that are missing, no JSON, or no metadata', () => {
    const whole = repository.publish({ targets });
    const other = ['', '{', '[]', 'null', '{"signed":{}}', '{"signed":{"_type":"root"},"signatures":[]}'];
    for (const name of ['timestamp.json', 'snapshot.json', 'targets.json']) {
      const { [name]: _left, ...rest } = whole;
      assert.equal(look(rest), 'TUF_MALFORMED', name);
      for (const text of other) assert.equal(look({ ...rest, [name]: text }), 'TUF_MALFORMED', `${name}: ${text}`);
    }
    for (const text of other) assert.equal(look({ ...whole, '2.root.json': text }), 'TUF_MALFORMED', `root: ${text}`);
    for (const text of other) assert.equal(look({ ...whole, 'root.json': text }), 'taken', 'nobody needs that one');
  });

  test('memory that was spoilt begins anew, and another first root as well', () => {
    assert.equal(look(repository.publish({ versions: all(5) })), 'TUF_TARGET_UNKNOWN');
    memory.spoil('{"v":1,');
    assert.equal(look(repository.publish({ targets })), 'taken');
    const other = createTufRepository();
    const saved = trustedText({ began: 'of another', root: repository.root(1), seenAtMs: NOW });
    const looked = lookAgain({
      firstRoot: other.root(1),
      saved,
      offered: other.publish({ targets }),
      path: PATCH,
      nowMs: NOW,
    });
    assert.ok(looked.target.ok);
  });

  test('a first root that is none', () => {
    for (const firstRoot of ['', '{}', createTufRepository().publish()['timestamp.json'] ?? '']) {
      const { target, trusted } = lookAgain({ firstRoot, saved: undefined, offered: {}, path: PATCH, nowMs: NOW });
      assert.deepEqual([target.ok || target.fault.code, trusted], ['TUF_NO_ROOT', undefined]);
    }
  });
});
