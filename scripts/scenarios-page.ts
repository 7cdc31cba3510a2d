/** As much of JSON Schema as the language of scenarios uses. */
export type ScenarioNode = {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, ScenarioNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: ScenarioNode | boolean;
  readonly items?: ScenarioNode;
  readonly definitions?: Readonly<Record<string, ScenarioNode>>;
  readonly $ref?: string;
};

const HEAD = `# Scenarios

A scenario says what is done to a board and what is seen then, as data: a JSON file in \`board-sim/scenarios/\`, which needs no
TypeScript. The same file is played on the simulated board in virtual time, on the board with a real kernel in real time, and
later on hardware.

\`\`\`sh
npm run scenarios                                   # every scenario on the simulated board
npm run scenarios -- --list                         # what there is
npm run scenarios -- --junit results.xml pulled-out # those with this in their names; results for a CI server
\`\`\`

\`--help\` says the rest. Exit status: 0 all passed, 1 one failed, 2 wrong use.

## One to begin with

\`\`\`json
{
  "$schema": "../src/scenario/scenario.schema.json",
  "name": "wrong-key",
  "shows": "A card with a key that the account does not know is refused there.",
  "boards": ["sim", "qemu"],
  "given": { "cards": { "card": { "key": "unknown" } } },
  "steps": [
    { "insert": { "card": "card", "slot": "usb1" } },
    { "expect": { "lastCode": "GRK_UNKNOWN", "led": "cardFailed", "account": { "requests": 0 }, "withinMs": 5000 } }
  ]
}
\`\`\`

What stands between the first step and the last is on a fresh board with a fresh account. An \`expect\` is met as soon as everything
in it is seen at one time; a \`stays\` fails as soon as something in it is otherwise. All times are the board's own: virtual on the
simulated board; on the emulated one they go by the instructions that its processor executes, so that a busy machine does not make
it late.

This page is written from \`board-sim/src/scenario/scenario.schema.json\` by \`npm run docs\`; change it there.
`;

/** Writes docs/scenarios.md from the schema of scenarios. */
export function scenariosPage(schema: ScenarioNode): string {
  const { given, throughout, forEach, steps, ...top } = schema.properties ?? {};
  const { cards, ...before } = given?.properties ?? {};
  const card = valuesOf(cards);
  const file = valuesOf(card?.properties?.['files']);
  const { expect, stays, ...done } = steps?.items?.properties ?? {};
  return [
    HEAD,
    section('A scenario', { ...top, given, forEach, throughout, steps }, schema.required),
    section('Given', { ...before, cards }),
    section('A card', card?.properties),
    section('A file on a card', file?.properties),
    section('Throughout', throughout?.properties),
    section('Steps: what is done', done),
    section('Steps: what is expected', { expect, stays }),
    section('What can be seen', schema.definitions, [], (seen) => Object.entries(membersOf(seen))),
  ].join('\n');
}

type Nodes = Readonly<Record<string, ScenarioNode | undefined>>;
type Members = (node: ScenarioNode) => readonly (readonly [string, ScenarioNode])[];

function section(
  title: string,
  nodes: Nodes = {},
  required: readonly string[] = [],
  members: Members = () => [],
): string {
  const rows = Object.entries(nodes).flatMap(([name, node]) =>
    node
      ? [
          row(name, node, required.includes(name)),
          ...members(node).map(([inner, one]) => row(`${name}.${inner}`, one, false)),
        ]
      : [],
  );
  return `## ${title}\n\n| name | form | what it is |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function row(name: string, node: ScenarioNode, isRequired: boolean): string {
  const said = [
    node.description ?? '',
    isRequired ? '(required)' : '',
    node.default === undefined || typeof node.default === 'object' ? '' : `(\`${String(node.default)}\` unless told)`,
  ];
  return `| \`${name}\` | ${formOf(node)} | ${said.filter(Boolean).join(' ')} |`;
}

function formOf(node: ScenarioNode): string {
  if (node.additionalProperties === false && node.properties) return membersIn(node.properties);
  if (node.additionalProperties === false) return 'nothing more: `{}`';
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.items) return `list of ${formOf(node.items)}`;
  if (node.minimum !== undefined && node.maximum !== undefined) return `${node.minimum} to ${node.maximum}`;
  return node.type ?? '';
}

/** `slot`, `times` (1 to 1000); what can be seen, which has a table of its own, stands as `…`. */
function membersIn(members: Readonly<Record<string, ScenarioNode>>): string {
  const own = Object.entries(members).filter(([, { $ref }]) => $ref === undefined);
  const named = own.map(([name, node]) => {
    const form = node.minimum === undefined && !node.enum ? '' : ` (${formOf(node)})`;
    return `\`${name}\`${form}`;
  });
  return [...(own.length < Object.keys(members).length ? ['…'] : []), ...named].join(', ');
}

/** What stands under every name of an object that has names of its writer's choosing. */
function valuesOf(node: ScenarioNode | undefined): ScenarioNode | undefined {
  return typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

function membersOf(node: ScenarioNode): Readonly<Record<string, ScenarioNode>> {
  return node.properties ?? node.items?.properties ?? valuesOf(node)?.properties ?? {};
}
