import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/schema.js';

const shipped = JSON.parse(readFileSync('schemas/config.schema.json', 'utf8'));

test('the JSON Schema is up to date; if not: npm run build && node docs/generate-schemas.js', () => {
  expect(shipped).toEqual(configJsonSchema());
});

test('the JSON Schema takes what the documentation shows, and refuses slips', () => {
  const validate = new Ajv2020({ strict: false }).compile(shipped);
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/config.md', 'utf8')) ?? [];
  expect(example).toContain('policy:');
  expect(validate(parse(example))).toBe(true);
  for (const slip of [
    { profle: 'quick' },
    { profile: 'fast' },
    { ignore: [{ rule: 'a/b' }] },
    { rules: { a: 'on' } },
  ]) {
    expect(validate(slip)).toBe(false);
  }
});
