import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Alarm, EwonRow } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Ago, Dialog, ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { LISTS } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { Cell } from './cells.tsx';
import { COLUMNS, type Column } from './columns.ts';
import { labelOf } from './ewon-table.tsx';
import { listApi } from './list-api.ts';

const T = LISTS.detailed;

/** All that is known of one Ewon, what is wrong with it, and the way to its lines in the log. */
export function DetailsDialog(props: { readonly told: Told; readonly ewon: EwonRow; readonly onClose: () => void }) {
  const { told, ewon, onClose } = props;
  const facts: readonly Column[] = COLUMNS.filter((column) => column !== 'name' && column !== 'alarms');
  return (
    <Dialog title={T.title(harmless(ewon.name))} onClose={onClose}>
      <div class="step">
        <dl>
          {facts.map((column) => (
            <Fact key={column} label={labelOf(told, column)}>
              <Cell ewon={ewon} column={column} columns={COLUMNS} nowMs={told.nowMs} />
            </Fact>
          ))}
          <Fact label={LISTS.filter.link}>{LISTS.links[ewon.link === 'linked' ? 'linked' : 'unlinked']}</Fact>
          <Fact label={T.fingerprint}>
            <span class="mono">{ewon.fingerprint}</span>
          </Fact>
          <Fact label={T.certificate}>
            <span class="mono">{ewon.certificateSerial}</span>
          </Fact>
        </dl>
        <Alarms told={told} ewon={ewon} />
        <div class="buttons end">
          {may(told.lists, 'log.read') && (
            <button
              type="button"
              onClick={() => {
                onClose();
                told.pointOut({ at: 'log', ...ewon });
              }}
            >
              {T.log}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {TEXTS.close}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What is wrong with it, and that a person has seen it. */
function Alarms({ told, ewon }: { readonly told: Told; readonly ewon: EwonRow }) {
  const { deviceId, alarms: count } = ewon;
  const api = listApi(told.api);
  const ask = useAsking();
  const heading = useRef<HTMLHeadingElement>(null);
  const [acknowledged, setAcknowledged] = useState<readonly string[]>([]);
  // the number in the row tells that there is another one, or that somebody else closed one
  const { value: alarms, problem } = useReading(deviceId, count + 1000 * acknowledged.length, () =>
    api.alarms(deviceId),
  );
  const acknowledge = ({ code }: Alarm) =>
    void ask.run(
      () => api.acknowledge(deviceId, code),
      () => {
        setAcknowledged((before) => [...before, code]);
        told.say(T.acknowledged(code));
        heading.current?.focus(); // the button that was pressed goes away
      },
    );
  return (
    <div>
      <h3 ref={heading} tabIndex={-1}>
        {T.alarms}
      </h3>
      <ProblemNotice problem={problem ?? ask.problem} />
      {alarms?.length === 0 && <p class="quiet">{T.noAlarms}</p>}
      <ul class="rows">
        {alarms?.map((alarm) => (
          <li key={alarm.code}>
            <span>
              <code>{harmless(alarm.code)}</code> <Untrusted text={alarm.text} />{' '}
              <small>
                {T.since} <Ago at={alarm.openedAt} nowMs={told.nowMs} />
                {alarm.count > 1 && (
                  <>
                    , {T.times(alarm.count)} <Ago at={alarm.lastAt} nowMs={told.nowMs} />
                  </>
                )}
              </small>
            </span>
            {may(told.lists, 'ewons.edit') && (
              <button type="button" disabled={ask.busy} onClick={() => acknowledge(alarm)}>
                {T.acknowledge}
                <span class="unseen"> {harmless(alarm.code)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
