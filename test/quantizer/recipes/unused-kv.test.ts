import { expect, test } from 'vitest';
import { modelShape } from '../../../src/quantizer/recipes/model-shape.js';
import { tensorRole } from '../../../src/quantizer/recipes/tensor-class.js';
import { isUnusedKv } from '../../../src/quantizer/recipes/unused-kv.js';
import { bareHeader } from './support/header-only.js';
import { gemma3n } from './support/shapes.js';

const shape = { ...modelShape(bareHeader(gemma3n('E2B'))), depth: 29 };

test.each([
  ['blk.19.attn_k.weight', false],
  ['blk.20.attn_k.weight', true],
  ['blk.28.attn_v.weight', true],
  ['blk.20.attn_q.weight', false],
  // A layer that predicts is none that shares.
  ['blk.29.attn_k.weight', false],
  ['output.weight', false],
])('%s', (name, isUnused) => {
  expect(isUnusedKv(tensorRole(name), shape)).toBe(isUnused);
});
