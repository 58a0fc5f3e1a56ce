import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../src/batch/manifest/read.js';
import { starterManifest } from '../../../src/batch/manifest/starter.js';

const MODELS = [{ source: 'gemma-BF16.gguf', imatrix: 'imatrix.dat' }, { source: 'sub/other-F16.gguf' }];

/** All example lines made part of the manifest. */
function uncommented(text: string): string {
  return text.replace(/^(\s*)#(?=\S)/gm, '$1');
}

test('says what it was given, and the defaults', () => {
  expect(parseManifest(starterManifest(MODELS), 'm')).toEqual({
    ...parseManifest('models: x\noutputs: Q8_0\noutput: quants', 'm'),
    models: [{ source: 'gemma-BF16.gguf', imatrix: { file: 'imatrix.dat' } }, { source: 'sub/other-F16.gguf' }],
    outputs: ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'UD-Q4_K_XL'].map((label) => expect.objectContaining({ label })),
  });
});

test('every example parses, and shows the default where it says so', () => {
  const manifest = parseManifest(uncommented(starterManifest(MODELS)), 'm');
  const { name, existing, onFailure, retries } = parseManifest(starterManifest(MODELS), 'm');
  expect(manifest).toMatchObject({ name, existing, onFailure, retries });
  expect(manifest.outputs).toHaveLength(13);
  expect(new Set(manifest.outputs.map(({ making }) => making.kind))).toEqual(
    new Set(['type', 'recipe', 'like', 'size', 'bpw', 'requantize', 'fix']),
  );
});

describe('shows every key', () => {
  const schema = JSON.parse(readFileSync('schemas/batch-manifest.schema.json', 'utf8'));
  const keys = new Set<string>();
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node) for (const key of Object.keys(node.properties as object)) keys.add(key);
    for (const inner of Object.values(node)) collect(inner);
  };
  collect(schema);

  test('of the schema', () => {
    expect(keys.size).toBeGreaterThan(35);
    const text = starterManifest(MODELS);
    expect([...keys].filter((key) => !new RegExp(`(^|[\\s{#])${key.replace('$', '\\$')}: `, 'm').test(text))).toEqual([
      // It begins a block.
      'models',
    ]);
  });
});

test('an example has its comment in the line before', () => {
  const lines = starterManifest(MODELS).split('\n');
  const bare = lines.filter((line, i) => /^\s*#\S/.test(line) && !/^\s*#/.test(lines[i - 1] ?? ''));
  expect(bare).toEqual([]);
});

test.each([
  '[1].gguf',
  '- x.gguf',
  'a: b.gguf',
  'a #b.gguf',
  '"quoted".gguf',
  "it's.gguf",
  'a\nb.gguf',
  '\u001b[2J\u202e.gguf',
  '\u0085\ufeff.gguf',
  '模型 😀.gguf',
  '1',
  'true',
  '~',
  '*.gguf',
  '{a}.gguf',
])('a file called %j comes back as it is', (source) => {
  const [model] = parseManifest(starterManifest([{ source, imatrix: source }], source), 'm').models;
  expect(model).toEqual({ source, imatrix: { file: source } });
});
