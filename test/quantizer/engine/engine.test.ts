import { expect, test } from 'vitest';
import { engineLabel } from '../../../src/quantizer/engine/engine.js';

test('an engine is called by its path; the embedded one not by that of node', () => {
  const common = { prefix: [], features: new Set<never>() };
  expect(engineLabel({ ...common, kind: 'llama-quantize', program: '/usr/bin/llama-quantize' })).toBe(
    '/usr/bin/llama-quantize',
  );
  expect(engineLabel({ ...common, kind: 'embedded', program: '/usr/bin/node' })).toBe('the embedded llama.cpp');
});
