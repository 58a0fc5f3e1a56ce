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
      'chooseTypes',
      'createPool',
      'dequantizeRows',
      'describeProblem',
      'engineLabel',
      'engineNote',
      'evaluateQuant',
      'fatalProblem',
      'findEngine',
      'findEntry',
      'findTensor',
      'isGgufError',
      'measureConversions',
      'metadataToPlanFor',
      'planQuantization',
      'memorySource',
      'openFile',
      'openModel',
      'paretoFront',
      'parseHeader',
      'planChange',
      'planRepair',
      'planRequantization',
      'planSplit',
      'prepare',
      'quantizeModel',
      'quantizeRows',
      'readHeader',
      'recoverFile',
      'refuseMissingImatrix',
      'runChecks',
      'scalarValue',
      'splitFile',
      'tensorExtent',
      'undoLastWrite',
      'useImatrix',
      'valueBytes',
      'verdictOf',
      'withPins',
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
