/** Leaves out members that are undefined, so that what is not known is not there. */
export function withoutEmpty<T extends object>(content: T): T {
  const known = { ...content };
  for (const [name, value] of Object.entries(content)) if (value === undefined) Reflect.deleteProperty(known, name);
  return known;
}
