import { expect, test } from 'vitest';
import type { Engine } from '../../../src/quantizer/engine/engine.js';
import { askEngineVersion } from '../../../src/quantizer/engine/engine-version.js';
import { findEngine } from '../../../src/quantizer/engine/find-engine.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { fakeEngine } from '../support/fake-engine.js';

const fake = async (script: string): Promise<Engine> => await findEngine({ wanted: fakeEngine(script), env: {} });

test.each([
  ["echo 'version: 11669 (Debian)'; exit 1", '11669 (Debian)'],
  ["echo 'main: build = 4000 (abc)' >&2; exit 1", 'build 4000 (abc)'],
  ['echo usage; exit 1', 'unknown'],
  ['exit 0', 'unknown'],
])('%s: %s', async (script, expected) => {
  expect(await askEngineVersion(await fake(script))).toBe(expected);
});

test('stops with its signal', async () => {
  const engine = await fake('sleep 30');
  await expect(askEngineVersion(engine, AbortSignal.timeout(100))).rejects.toThrow();
});

describeWithTools('askEngineVersion', ['llama-quantize'], () => {
  test('gets the version of the real one, the same each time', async () => {
    const engine = await findEngine({ wanted: 'auto', env: process.env });
    const version = await askEngineVersion(engine);
    expect(version).toMatch(/\d/);
    expect(await askEngineVersion(engine)).toBe(version);
  });
});
