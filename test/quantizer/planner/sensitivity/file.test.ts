import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSensitivityFile } from '../../../../src/quantizer/planner/sensitivity/file.js';
import { tempFolder } from '../../../support/temp.js';

async function read(text: string) {
  const file = path.join(tempFolder(), 's.yaml');
  writeFileSync(file, text);
  return await readSensitivityFile(file);
}

test('factors of classes and sensitivities of tensors', async () => {
  expect(await read('classes: { attn_v: 2 }\ntensors:\n  blk.0.attn_q.weight: 0.5\n')).toEqual({
    classes: { attn_v: 2 },
    tensors: { 'blk.0.attn_q.weight': 0.5 },
  });
  expect(await read('{}')).toEqual({ classes: {}, tensors: {} });
});

test.each([
  ['a class that there is not', 'classes: { attn_z: 1 }'],
  ['less than nothing', 'tensors: { a: -1 }'],
  ['no number', 'tensors: { a: .nan }'],
  ['an unknown key', 'tensor: {}'],
])('%s is refused', async (_, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'bad-option' });
});
