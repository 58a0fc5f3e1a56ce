import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { madeImatrix } from '../../../src/batch/steps/imatrix.js';
import { requireTool } from '../../../src/batch/steps/require-tool.js';
import { evaluateFile } from '../../../src/batch/steps/scores.js';
import { batchPlace } from '../support/place.js';
import { stepContext } from '../support/step-context.js';

const MANIFEST = 'models: tiny.gguf\noutput: out\noutputs: fix\n';
const files = [{ path: 'm.imatrix.gguf', bytes: 3 }];

test('an imatrix that was made is found, and missed where it is gone or another', async () => {
  const place = batchPlace(MANIFEST);
  const context = await stepContext(place, { key: { files } });
  const missed = { code: 'not-found' };
  await expect(madeImatrix('unknown', context)).rejects.toMatchObject(missed);
  await expect(madeImatrix('key', context)).rejects.toMatchObject(missed);
  writeFileSync(place.at('out/m.imatrix.gguf'), 'abc');
  expect(await madeImatrix('key', context)).toBe(place.at('out/m.imatrix.gguf'));
  writeFileSync(place.at('out/m.imatrix.gguf'), 'abcd');
  await expect(madeImatrix('key', context)).rejects.toMatchObject(missed);
});

test('nothing is measured without the scores of the model', async () => {
  const place = batchPlace(MANIFEST);
  const context = await stepContext(place);
  await expect(evaluateFile(place.at('tiny.gguf'), 'key', context)).rejects.toMatchObject({ code: 'not-found' });
});

test('a tool that nobody looked for is a fault of the program', () => {
  expect(requireTool('tool', 'it')).toBe('tool');
  expect(() => requireTool(undefined, 'an engine')).toThrow('an engine');
});
