import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fixInPlace } from '../../../src/batch/steps/fix.js';
import { findEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import { gemma } from '../../cli/support/gemma.js';
import { tinyLlama } from '../../quantizer/support/tiny-llama.js';
import { neighboursOf } from '../../support/temp.js';
import { batchPlace } from '../support/place.js';
import { stepContext } from '../support/step-context.js';

const MANIFEST = 'models: tiny.gguf\noutput: out\noutputs: fix\ncheck: { profile: default, config: false }\n';

function keyOf(file: string, key: string): unknown {
  const entry = findEntry(parseHeader(readFileSync(file)), key);
  return entry === undefined ? undefined : scalarValue(entry);
}

test('sets what is not so yet, repairs, and says what it did', async () => {
  const place = batchPlace(MANIFEST);
  const [file, context] = [place.at('tiny.gguf'), await stepContext(place)];
  const wanted = { set: { 'general.version': 'v2' }, allow: 'safe' } as const;
  const first = await fixInPlace(file, wanted, context);
  expect(first.changes).toEqual(['set general.version', expect.stringContaining('(gemma3n/shared-kv-layers-type)')]);
  expect(keyOf(file, 'general.version')).toBe('v2');
  const bytes = readFileSync(file);
  expect((await fixInPlace(file, wanted, context)).changes).toEqual([]);
  expect(readFileSync(file)).toEqual(bytes);
  expect(neighboursOf(file).filter((name) => name.startsWith('.tiny'))).toEqual([]);
});

test('refuses what stays wrong, and names the rule', async () => {
  const place = batchPlace(MANIFEST, { 'tiny.gguf': tinyLlama() });
  const wanted = { set: {}, allow: 'safe' } as const;
  await expect(fixInPlace(place.at('tiny.gguf'), wanted, await stepContext(place))).rejects.toMatchObject({
    code: 'verification-failed',
    message: expect.stringMatching(/cannot be fixed: tokenizer\/[\w-]+: /),
  });
});

test('refuses a file that is cut off, and leaves it', async () => {
  const place = batchPlace(MANIFEST, { 'tiny.gguf': gemma().cutAt(600).bytes() });
  const file = place.at('tiny.gguf');
  const before = readFileSync(file);
  await expect(fixInPlace(file, { set: {}, allow: 'safe' }, await stepContext(place))).rejects.toThrow();
  expect(readFileSync(file)).toEqual(before);
});
