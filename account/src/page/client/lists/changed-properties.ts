import type { EwonChange } from '../../../core/records.ts';
import type { Properties } from '../api-types.ts';
import { changedMembers, changedThree } from '../changed.ts';

/** What a form changes of properties: what it does not change is left out, as it may be another value by now. Blanks around a text are none. */
export function changedOf(before: Properties, form: Properties): EwonChange {
  const { customFields, ...set } = form;
  const { name, pool, description } = before;
  const custom = changedThree(before.customFields, customFields);
  return { ...changedMembers({ name, pool, description }, set), ...(custom && { customFields: custom }) };
}
