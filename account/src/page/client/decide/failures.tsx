import { Untrusted } from '../parts.tsx';
import { Scrolled } from '../scrolled.tsx';
import type { Failure } from '../use-bulk.ts';

/** Enough to see what is the matter: of ten thousand that fail most fail alike. */
const SHOWN_MAX = 200;

/** Each that was not done with its reason. @param nameOf what a person calls one by */
export function Failures(props: {
  readonly failures: readonly Failure[];
  readonly label: string;
  readonly more: (count: number) => string;
  readonly nameOf: (id: string) => string;
}) {
  const { failures, label, more, nameOf } = props;
  if (failures.length === 0) return null;
  return (
    <div class="problem">
      <p>{label}</p>
      <Scrolled label={label}>
        <ul>
          {failures.slice(0, SHOWN_MAX).map(({ id, problem }) => (
            <li key={id}>
              <strong>
                <Untrusted text={nameOf(id)} />
              </strong>{' '}
              <code>{problem.code}</code> <Untrusted text={problem.title} />{' '}
              {problem.detail !== '' && (
                <span class="quiet">
                  (<Untrusted text={problem.detail} />)
                </span>
              )}{' '}
              <Untrusted text={problem.next} />
            </li>
          ))}
        </ul>
      </Scrolled>
      {failures.length > SHOWN_MAX && <p>{more(failures.length - SHOWN_MAX)}</p>}
    </div>
  );
}
