import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as api from '../src/index.js';

test('the public names are these and no others', () => {
  expect(Object.keys(api).sort()).toEqual(
    [
      'GgufError',
      'RULES',
      'TENSOR_TYPES',
      'VALUE_TYPES',
      'applyChange',
      'arrayItems',
      'bitsPerWeight',
      'blockBytes',
      'blockWeights',
      'createPool',
      'dequantizeRows',
      'describeProblem',
      'evaluateQuant',
      'fatalProblem',
      'findEntry',
      'findTensor',
      'isGgufError',
      'measureConversions',
      'memorySource',
      'openFile',
      'paretoFront',
      'parseHeader',
      'planChange',
      'planRepair',
      'planRequantization',
      'quantizeRows',
      'readHeader',
      'recoverFile',
      'runChecks',
      'scalarValue',
      'tensorExtent',
      'undoLastWrite',
      'valueBytes',
      'verdictOf',
    ].sort(),
  );
});

test('every dependency has one exact version', () => {
  const manifest: Record<string, Record<string, string>> = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [name, version] of Object.entries(manifest[group] ?? {})) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  }
});
