import type { Told } from '../page.ts';
import { Untrusted } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';

const T = USERS_TEXTS.about;

/** How devices and programs know the account: nothing here is changed, all of it can be copied. */
export function AccountFacts({ told }: { readonly told: Told }) {
  const { id, deviceUrl, mqttUrls, accountKeyFingerprint, version } = told.lists.account;
  const fact = (name: string, value: string) => (
    <li key={`${name} ${value}`}>
      {name}:{' '}
      <span class="mono">
        <Untrusted text={value} />
      </span>{' '}
      {navigator.clipboard && (
        <button type="button" class="quiet-button" onClick={() => void copy(name, value)}>
          {T.copy}
          <span class="unseen">{USERS_TEXTS.of(`${name} ${value}`)}</span>
        </button>
      )}
    </li>
  );
  const copy = async (name: string, value: string) => {
    await navigator.clipboard.writeText(value);
    told.say(T.copied(name));
  };
  return (
    <>
      <h4>{T.facts}</h4>
      <ul class="plain">
        {fact(T.id, id)}
        {fact(T.deviceUrl, deviceUrl)}
        {mqttUrls.map((url) => fact(T.mqttUrl, url))}
        {fact(T.fingerprint, accountKeyFingerprint)}
        {fact(T.version, version)}
      </ul>
    </>
  );
}
