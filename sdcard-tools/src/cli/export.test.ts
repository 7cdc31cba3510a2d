import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODES, type Code } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  type AccountSim,
  type Answer,
  answering,
  filesOf,
  GRK_ID,
  KEYS,
  refusing,
  startAccountSim,
  TOKEN,
} from '../testing/account-sim.ts';
import { TLS } from '../testing/account-tls.ts';
import { accountKey, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { sdcardHere } from '../testing/sdcard-here.ts';

const NOTE = 'Pump station 3';
const EXPORT = `grks/${GRK_ID}/export`;

suite('sdcard export --account', (test) => {
  let folder = '';
  const started: AccountSim[] = [];
  const at = (name: string) => join(folder, name);
  test.before.each(() => {
    folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
    writeFileSync(at('token'), `${TOKEN}\n`);
  });
  test.after.each(async () => {
    for (const one of started.splice(0)) await one.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (answer: Answer = answering(filesOf(NOTE)), grks: Answer = answering(KEYS)) => {
    const sim = await startAccountSim({ grks, [EXPORT]: answer });
    started.push(sim);
    return sim;
  };
  /** Runs the command; whatever it says holds no secret. */
  const exported = async (adminUrl: string, ...more: readonly string[]) => {
    const words = ['export', '--account', adminUrl, '--token-file', at('token'), '--note', NOTE, ...more];
    const said = await sdcardHere(words);
    for (const secret of [GRK.slice(4, 10), OTHER_GRK.slice(4, 10), TOKEN.slice(0, 10)])
      assert.ok(!JSON.stringify(said).includes(secret), JSON.stringify(said));
    return said;
  };
  const assertRefused = async (adminUrl: string, code: Code, status: number, ...more: readonly string[]) => {
    const text = await exported(adminUrl, ...more, folder);
    assert.deepEqual([text.status, text.stdout], [status, '']);
    assert.ok(text.stderr.includes(`${code}: `) && text.stderr.includes(CODES[code].next), text.stderr);
    const json = await exported(adminUrl, ...more, '--json', folder);
    const { outcome, next } = JSON.parse(json.stdout);
    assert.deepEqual([json.status, outcome, next], [status, code, CODES[code].next]);
    assert.ok(!existsSync(at('T2M.txt')) && !existsSync(at('T2M.json')), 'nothing is written');
  };

  test('both files are written as the account made them, each step is told, and the answer names the signer', async () => {
    const files = filesOf(NOTE);
    const { adminUrl } = await start(answering(files));
    const { status, stdout, stderr } = await exported(adminUrl, '--json', folder);
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(at('T2M.txt'), 'base64'), files.t2mTxt);
    assert.equal(readFileSync(at('T2M.json'), 'base64'), files.t2mJson);
    assert.match(stderr, /asking the account server at http:.*\nreading.*\nwriting T2M\.json, T2M\.txt\n$/);
    const { outcome, t2m, signed, removed } = JSON.parse(stdout);
    assert.deepEqual([outcome, t2m, removed], ['CARD_USABLE', { grkId: GRK_ID, note: NOTE }, []]);
    assert.match(signed.accountKeyFingerprint, /^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
    assert.deepEqual(readdirSync(folder).sort(), ['T2M.json', 'T2M.txt', 'token']);
  });

  test('over HTTPS by a CA of its own: with --ca it is written, without it nothing is', async () => {
    const sim = await startAccountSim({ grks: answering(KEYS), [EXPORT]: answering(filesOf(NOTE)) }, TLS);
    started.push(sim);
    await assertRefused(sim.adminUrl, 'ADMIN_UNTRUSTED', 3);
    writeFileSync(at('ca.pem'), TLS.cert);
    const { status, stderr } = await exported(sim.adminUrl, '--ca', at('ca.pem'), folder);
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(at('T2M.json')));
  });

  test('another account or another key on the card: CARD_TAKEN, and nothing changes; with --force both files are new', async () => {
    const { adminUrl } = await start();
    const other = t2mTxt(OTHER_GRK);
    for (const [txt, json] of [
      [other, undefined],
      [t2mTxt(GRK, NOTE), t2mJson(t2mTxt(GRK, NOTE), accountKey())],
    ] as const) {
      writeFileSync(at('T2M.txt'), txt);
      if (json) writeFileSync(at('T2M.json'), json);
      const { status, stderr } = await exported(adminUrl, folder);
      assert.equal(status, 3);
      assert.match(stderr, /CARD_TAKEN: .*--force/);
      assert.deepEqual(new Uint8Array(readFileSync(at('T2M.txt'))), txt);
      assert.equal((await exported(adminUrl, '--force', folder)).status, 0);
      assert.equal((await exported(adminUrl, folder)).status, 0, 'over its own card');
    }
  });

  test('the target is not there, or the note does not fit: the account is not even asked', async () => {
    const { adminUrl, asked } = await start();
    assert.equal((await exported(adminUrl, at('nothing'))).status, 2);
    const { status, stderr } = await exported(adminUrl, '--note', 'x'.repeat(141), folder);
    assert.deepEqual([status, asked], [3, []]);
    assert.match(stderr, /T2M_NOTE_TOO_LONG/);
  });

  test('nobody there: ADMIN_UNREACHABLE, exit status 1', async () => {
    const { adminUrl, close } = await start();
    await close();
    await assertRefused(adminUrl, 'ADMIN_UNREACHABLE', 1);
  });

  test('the token is not the one of this server: ADMIN_TOKEN_REFUSED, exit status 3', async () => {
    const { adminUrl } = await start(undefined, refusing(401, 'NOT_SIGNED_IN'));
    await assertRefused(adminUrl, 'ADMIN_TOKEN_REFUSED', 3);
  });

  test('the key was renewed: GRK_REVOKED, exit status 3', async () => {
    const { adminUrl } = await start(refusing(409, 'CONFLICT'));
    await assertRefused(adminUrl, 'GRK_REVOKED', 3, '--key-id', GRK_ID);
  });

  test('the server answers something else: ACCOUNT_ERROR, exit status 1', async () => {
    const { adminUrl } = await start(answering({ t2mTxt: GRK, t2mJson: TOKEN }));
    await assertRefused(adminUrl, 'ACCOUNT_ERROR', 1);
  });

  test('a sign-in link or a token in the address is refused and not repeated', async () => {
    await assertRefused(`http://127.0.0.1:1/#once=${TOKEN}`, 'USAGE', 2);
    await assertRefused(`http://x:${TOKEN}@127.0.0.1:1`, 'USAGE', 2);
  });
});
