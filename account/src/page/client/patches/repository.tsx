import type { Patches } from '../api-types.ts';
import { TEXTS } from '../texts.ts';
import { clockTime, harmless, stillHolds } from '../words.ts';

const T = TEXTS.patches;

/** The repository: how long it holds, what is drafted, and what to do next at a command line. Keys are never here, so nothing is signed here. */
export function Repository({ repository, nowMs }: Pick<Patches, 'repository'> & { readonly nowMs: number }) {
  if (repository === null)
    return (
      <p class="empty">
        {T.none} <code>{T.noneCommand}</code>
      </p>
    );
  const { patchRoot, roles, drafted, lacks } = repository;
  return (
    <>
      {patchRoot === null && lacks.length === 0 && (
        <p class="empty">
          {T.unpublished} <code>{T.publishCommand}</code>
        </p>
      )}
      {patchRoot !== null && drafted.length > 0 && (
        <Draft what={drafted.map(({ role, version }) => `${role} ${version}`).join(', ')} lacks={lacks} />
      )}
      {patchRoot === null && lacks.length > 0 && <Draft what="root 1" lacks={lacks} />}
      {roles.length > 0 && (
        <>
          <h3 class="unseen">{T.holds}</h3>
          <dl class="facts">
            {roles.map(({ role, expiresAt, expiresSoon }) => (
              <div key={role}>
                <dt>{T.roles[role]}</dt>
                <dd>
                  <time dateTime={expiresAt} title={clockTime(expiresAt)}>
                    {stillHolds(expiresAt, nowMs)}
                  </time>
                  {expiresSoon && <small class="bad">{T.renew(role)}</small>}
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}

function Draft({ what, lacks }: { readonly what: string; readonly lacks: readonly string[] }) {
  return (
    <div class="hint">
      <p>{T.drafted(what)}</p>
      {lacks.length > 0 && (
        <>
          <ul>
            {lacks.map((lack) => (
              <li key={lack}>{harmless(lack)}</li>
            ))}
          </ul>
          <p>
            {T.sign} <code>{T.signCommand}</code>
          </p>
        </>
      )}
      <p>
        {T.thenPublish} <code>{T.publishCommand}</code>
      </p>
    </div>
  );
}
