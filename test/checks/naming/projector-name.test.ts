import { expect, test } from 'vitest';
import { projectorName } from '../../../src/checks/naming/projector-name.js';
import { gguf } from '../../support/gguf-builder.js';
import { cleanFile, findingsWith } from '../rule-test.js';

const projector = gguf().metadata('general.architecture', { type: 'string', value: 'clip' });

test('accepts a projector that says so, and a model that does not', () => {
  expect(findingsWith(projectorName, projector, { name: 'mmproj-model-F16.gguf' })).toEqual([]);
  expect(findingsWith(projectorName, cleanFile(), { name: 'model-F16.gguf' })).toEqual([]);
});

test('finds a projector without the mark, and the mark on something else', () => {
  expect(findingsWith(projectorName, projector, { name: 'vision.gguf' })).toMatchObject([
    { severity: 'info', message: expect.stringContaining("its name 'vision.gguf' does not say mmproj") },
  ]);
  expect(findingsWith(projectorName, cleanFile(), { name: 'mmproj.gguf' })).toMatchObject([
    { severity: 'info', message: expect.stringContaining('the file is no multimodal projector') },
  ]);
});
