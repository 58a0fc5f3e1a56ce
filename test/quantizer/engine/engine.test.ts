import { expect, test } from 'vitest';
import { engineLabel, engineNote } from '../../../src/quantizer/engine/engine.js';

test('an engine is called by its path; the embedded one not by that of node', () => {
  const common = { prefix: [], features: new Set<never>() };
  expect(engineLabel({ ...common, kind: 'llama-quantize', program: '/usr/bin/llama-quantize' })).toBe(
    '/usr/bin/llama-quantize',
  );
  expect(engineLabel({ ...common, kind: 'embedded', program: '/usr/bin/node' })).toBe('the embedded llama.cpp');
});

test('an engine too old to be asked is noted', () => {
  const engine = { program: 'q', prefix: [], features: new Set<'dry-run'>() };
  expect(engineNote({ ...engine, kind: 'llama-quantize' })).toContain('too old for --dry-run');
  expect(engineNote({ ...engine, kind: 'llama-quantize', features: new Set(['dry-run']) })).toBeUndefined();
  expect(engineNote({ ...engine, kind: 'embedded' })).toBeUndefined();
});
