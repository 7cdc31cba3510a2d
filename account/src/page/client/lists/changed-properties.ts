import type { Properties } from '../api-types.ts';

/** What a form changes of properties: what it does not change is left out, as it may be another value by now. Blanks around a text are none. */
export function changedOf(before: Properties, form: Properties): Partial<Properties> {
  const { name, pool, description, customFields } = form;
  return {
    ...(differs(name, before.name) && { name }),
    ...(differs(pool, before.pool) && { pool }),
    ...(differs(description, before.description) && { description }),
    ...(customFields.some((text, i) => differs(text, before.customFields[i] ?? '')) && { customFields }),
  };
}

function differs(form: string, before: string): boolean {
  return form.trim() !== before.trim();
}
