import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { PRESET_FILES } from '../../../src/quantizer/recipes/presets/presets.js';
import { recipeFileJsonSchema } from '../../../src/quantizer/recipes/schema.js';

const SHIPPED = 'schemas/recipe-file.schema.json';

test(`${SHIPPED} is up to date; if not: npm run build && node docs/generate-schemas.js`, () => {
  expect(JSON.parse(readFileSync(SHIPPED, 'utf8'))).toEqual(recipeFileJsonSchema());
});

test('takes the presets and refuses what is none', () => {
  const validate = new Ajv2020({ strict: false }).compile(recipeFileJsonSchema());
  expect(PRESET_FILES.filter((file) => !validate(file))).toEqual([]);
  expect(validate({ name: 'x' })).toBe(false);
  expect(validate({ name: 'x', fileType: 'Q8_0', rules: [{ tensors: 'attn', type: 'q8_0', why: 'y' }] })).toBe(false);
});
