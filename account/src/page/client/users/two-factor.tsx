import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Me } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Field, fieldOf, ProblemNotice, useAsking } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';
import { passwordOf } from './form-values.ts';
import type { SetupView, UsersApi } from './users-api.ts';

const T = USERS_TEXTS.mine;

type Own = { readonly told: Told; readonly api: UsersApi; readonly user: NonNullable<Me['user']> };

/** Sets two-factor up by a QR code, makes recovery codes, turns it off. */
export function TwoFactor({ told, api, user }: Own) {
  const [setup, setSetup] = useState<SetupView>();
  const [codes, setCodes] = useState<readonly string[]>();
  const ask = useAsking();
  const isOn = user.twoFactor === 'on';
  const withPassword = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const password = passwordOf(form);
    const by = event.submitter instanceof HTMLButtonElement ? event.submitter.value : '';
    form.reset();
    if (!isOn) return void ask.run(() => api.beginTwoFactor(password), setSetup);
    if (by === 'codes')
      return void ask.run(
        () => api.newCodes(password),
        (made) => setCodes(made.recoveryCodes),
      );
    return void ask.run(
      () => api.endTwoFactor(password),
      () => {
        setCodes(undefined);
        told.say(T.turnedOff);
        told.reload();
      },
    );
  };
  const confirm = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = fieldOf(event.currentTarget, 'code');
    void ask.run(
      () => api.confirmTwoFactor(code),
      (made) => {
        setSetup(undefined);
        setCodes(made.recoveryCodes);
        told.say(T.turnedOn);
        told.reload();
      },
    );
  };
  return (
    <div class="half">
      <h3>{T.twoFactor}</h3>
      <p>{isOn ? T.isOn(user.recoveryCodes) : T.isOff}</p>
      {codes && <Codes codes={codes} />}
      {setup ? (
        <form onSubmit={confirm}>
          <p>{T.scan}</p>
          <QrCode {...setup.qr} />
          <p>
            {T.secret} <code class="mono">{setup.secret.match(/.{1,4}/g)?.join(' ')}</code>
          </p>
          <Field label={T.code}>
            {(id) => <input id={id} name="code" required inputMode="numeric" autocomplete="one-time-code" />}
          </Field>
          <ProblemNotice problem={ask.problem} />
          <div class="buttons">
            <button type="submit" class="primary" disabled={ask.busy}>
              {T.confirm}
            </button>
          </div>
        </form>
      ) : (
        <form onSubmit={withPassword}>
          <Field label={T.ask}>
            {(id) => <input id={id} name="password" type="password" required autocomplete="current-password" />}
          </Field>
          <ProblemNotice problem={ask.problem} />
          <div class="buttons">
            {!isOn && (
              <button type="submit" class="primary" disabled={ask.busy}>
                {T.begin}
              </button>
            )}
            {isOn && (
              <>
                <button type="submit" value="codes" disabled={ask.busy}>
                  {T.newCodes}
                </button>
                <button type="submit" value="off" class="danger" disabled={ask.busy}>
                  {T.off}
                </button>
              </>
            )}
          </div>
        </form>
      )}
    </div>
  );
}

function Codes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <fieldset>
      <legend>{T.codes}</legend>
      <p>{T.codesText}</p>
      <ul class="mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </fieldset>
  );
}

/** Modules around a code that must be light, or no camera finds it (ISO/IEC 18004 §5.3.8). */
const QUIET_ZONE = 4;

/** Dark on light whatever the page's colours are. */
function QrCode({ size, path }: SetupView['qr']) {
  const whole = size + 2 * QUIET_ZONE;
  return (
    <svg
      role="img"
      aria-label={T.qr}
      viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${whole} ${whole}`}
      width="220"
      height="220"
      shape-rendering="crispEdges"
    >
      <rect x={-QUIET_ZONE} y={-QUIET_ZONE} width={whole} height={whole} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
