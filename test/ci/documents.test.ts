import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeCheckCommand } from '../../src/cli/check-flags.js';

const guide = readFileSync('docs/ci.md', 'utf8');
const { version }: { readonly version: string } = JSON.parse(readFileSync('package.json', 'utf8'));

test('.pre-commit-hooks.yaml has what pre-commit asks for, and runs the version of this package', () => {
  const hooks: readonly Record<string, unknown>[] = parse(readFileSync('.pre-commit-hooks.yaml', 'utf8'));
  expect(hooks).toHaveLength(1);
  for (const hook of hooks) {
    expect(hook).toMatchObject({ id: expect.any(String), name: expect.any(String), language: 'system' });
    expect(hook['entry']).toBe(`npx --yes ggufix@${version} check`);
    expect(new RegExp(String(hook['files'])).test('models/a.gguf')).toBe(true);
    expect(new RegExp(String(hook['files'])).test('models/a.gguf.md')).toBe(false);
  }
});

describe('docs/ci.md', () => {
  const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);

  test('its YAML parses', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(4);
    for (const block of blocks) expect(parse(block)).toBeTypeOf('object');
  });

  test('its workflows use inputs that the action has, and no expression in a script', () => {
    const { inputs }: { readonly inputs: object } = parse(readFileSync('action.yml', 'utf8'));
    const steps = blocks.flatMap((block) => stepsOf(parse(block)));
    const uses = steps.filter((step) => step.uses?.startsWith('OWNER/ggufix@'));
    expect(uses).toHaveLength(3);
    for (const step of uses) expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  test('every flag of ggufix check in it exists', () => {
    const known = makeCheckCommand().options.map(({ long }) => long);
    const commands = guide.match(/ggufix(@[\w.]+)? check [^\n`]*/g) ?? [];
    expect(commands.length).toBeGreaterThan(4);
    for (const flag of commands.join(' ').match(/(?<= )--[\w-]+/g) ?? []) expect(known).toContain(flag);
  });

  test('names the version of this package', () => {
    for (const [, named] of guide.matchAll(/ggufix@v?(\d+\.\d+\.\d+)/g)) expect(named).toBe(version);
  });
});

/** A step of a workflow, as far as these tests look at it. */
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: object;
}

/** The steps of a workflow, or of a part of one. */
function stepsOf(workflow: {
  readonly steps?: Step[];
  readonly jobs?: Record<string, { readonly steps: Step[] }>;
}): Step[] {
  return [...(workflow.steps ?? []), ...Object.values(workflow.jobs ?? {}).flatMap(({ steps }) => steps)];
}
