/** As much of JSON Schema as the configuration uses. */
export type ConfigNode = {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, ConfigNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: ConfigNode | false;
  readonly oneOf?: readonly ConfigNode[];
};

const HEAD = `# Configuration of ewon-agent

One JSON file, \`/etc/ewon-agent/config.json\` unless \`--config\` names another. It is read once at the start; what is
wrong in it is told all at once, and the agent does not start. Relative paths are relative to the file.

This page is written from \`agent/src/config/agent-config.schema.json\` by \`npm run docs\`; change it there.

| name | form | default | what it is |
|---|---|---|---|
`;

/** Writes docs/configuration.md from the schema of the configuration. */
export function configurationPage(schema: ConfigNode): string {
  return `${HEAD}${rowsOf(schema, '').join('\n')}\n`;
}

function rowsOf(node: ConfigNode, path: string): readonly string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const place = path ? `${path}.${name}` : name;
    return [rowOf(place, child, node.required?.includes(name) ?? false), ...rowsOf(child, place)];
  });
  const each = node.additionalProperties ? rowsOf(node.additionalProperties, `${path}.NAME`) : [];
  const either = (node.oneOf ?? []).flatMap((child) => rowsOf(child, path));
  return [...own, ...each, ...either];
}

function rowOf(place: string, node: ConfigNode, required: boolean): string {
  const form =
    node.enum?.map((value) => JSON.stringify(value)).join(', ') ??
    (node.pattern ? `text like \`${node.pattern.replaceAll('|', '\\|')}\`` : (node.type ?? ''));
  const fallback = required ? 'required' : node.default === undefined ? '–' : `\`${JSON.stringify(node.default)}\``;
  return `| \`${place}\` | ${form} | ${fallback} | ${node.description ?? ''} |`;
}
