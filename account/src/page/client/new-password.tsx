import { useState } from 'preact/hooks';
import type { PasswordPolicy } from '../../core/password-policy.ts';
import { Field } from './parts.tsx';
import { PASSWORD_TEXTS } from './texts-password.ts';

/** A field for a password that is set: with what the policy asks for, and a tick that shows what is typed, which is typed once. */
export function NewPassword(props: {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Undefined where it is not known: the server says then what is wrong. */
  readonly policy: PasswordPolicy | undefined;
}) {
  const { name, label, hint, policy } = props;
  const [isShown, show] = useState(false);
  return (
    <>
      <Field label={label} {...(hint !== undefined && { hint })}>
        {(id) => (
          <>
            <Typed {...{ id, name, isShown }} {...(policy && { asks: `${id}-asks` })} />
            {policy && (
              <small id={`${id}-asks`} class="quiet">
                {PASSWORD_TEXTS.asks(policy)}
              </small>
            )}
          </>
        )}
      </Field>
      <label class="tick">
        <input type="checkbox" checked={isShown} onChange={(event) => show(event.currentTarget.checked)} />
        <span>{PASSWORD_TEXTS.show}</span>
      </label>
    </>
  );
}

/** One and the same element, whether it shows what is typed or not: what stands in it stays. */
function Typed(props: {
  readonly id: string;
  readonly name: string;
  readonly isShown: boolean;
  readonly asks?: string;
}) {
  const { id, name, isShown, asks } = props;
  const same = { id, name, required: true, spellcheck: false, autocomplete: 'new-password', 'aria-describedby': asks };
  return isShown ? <input {...same} type="text" autocapitalize="off" /> : <input {...same} type="password" />;
}
