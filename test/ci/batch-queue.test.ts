import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { statusCommand } from '../../src/cli/batch/status.js';
import { submitCommand } from '../../src/cli/batch/submit.js';
import { workerCommand } from '../../src/cli/batch/worker.js';
import { openScript } from '../batch/queue/support/scripted.js';
import { fakeTerminal } from '../support/run-cli.js';

const guide = readFileSync('docs/batch-queue.md', 'utf8');

test('the manifest for Kubernetes in docs/batch-queue.md parses, and runs a worker', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
  const [container] = parse(yaml).spec.template.spec.containers;
  expect(container.command.slice(0, 3)).toEqual(['ggufix', 'batch', 'worker']);
});

test('every flag of the three commands in it exists', () => {
  const makers = { submit: submitCommand, worker: workerCommand, status: statusCommand };
  for (const [name, make] of Object.entries(makers)) {
    const known = make(fakeTerminal(), () => openScript).options.map(({ long }) => long);
    const calls = [...guide.matchAll(new RegExp(`ggufix batch ${name} ([^\\n\`]*)`, 'g'))];
    expect(calls.length).toBeGreaterThan(0);
    for (const flag of calls.join(' ').match(/(?<= )--[\w-]+/g) ?? []) expect(known).toContain(flag);
  }
});
