import { Field } from '../parts.tsx';
import { harmless } from '../words.ts';

/** Chooses a pool. @param none text of a first choice that is no pool */
export function PoolSelect(props: {
  readonly label: string;
  readonly hint?: string;
  readonly pools: readonly string[];
  readonly value: string;
  readonly none?: string;
  readonly onChange: (pool: string) => void;
}) {
  const { label, hint, pools, value, none, onChange } = props;
  return (
    <Field label={label} {...(hint !== undefined && { hint })}>
      {(id) => (
        <select id={id} name="pool" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {pools.map((pool) => (
            <option key={pool} value={pool}>
              {harmless(pool)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
