import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startAskedChild } from '../../../src/quantizer/embedded/ask-child.js';
import { tempFolder } from '../../support/temp.js';

function script(text: string): URL {
  const file = path.join(tempFolder(), 'child.mjs');
  writeFileSync(file, text);
  return pathToFileURL(file);
}

const DOUBLING = `process.on('message', ({ from }) => process.send(Float32Array.from(from, (x) => 2 * x)));`;

test('answers one question after the other', async () => {
  await using child = startAskedChild(script(DOUBLING), 'the doubler');
  expect(await child.ask({ from: [1] })).toEqual(Float32Array.of(2));
  expect(await child.ask({ from: Float32Array.of(3, 4) })).toEqual(Float32Array.of(6, 8));
});

test('a child that dies rejects what it was asked, with its last words, and all after that', async () => {
  const dying = script(`import { writeSync } from 'node:fs';
process.on('message', () => { writeSync(2, 'GGML_ASSERT(x) failed'); process.exit(3); });`);
  await using child = startAskedChild(dying, 'the doubler');
  const expected = { code: 'engine-failed', message: 'the doubler ended (exit code 3): GGML_ASSERT(x) failed' };
  await expect(child.ask({})).rejects.toMatchObject(expected);
  await expect(child.ask({})).rejects.toMatchObject(expected);
});

test('a signal ends it at once, whatever it is doing', async () => {
  const stop = new AbortController();
  const busy = script(`process.on('message', () => { process.send('started'); for (;;); });`);
  await using child = startAskedChild(busy, 'the loop', stop.signal);
  await child.ask({});
  const asked = child.ask({});
  stop.abort();
  await expect(asked).rejects.toMatchObject({ code: 'aborted' });
});

test('disposing ends a child that would not end by itself', async () => {
  const child = startAskedChild(script(`process.on('message', () => { for (;;); });`), 'the loop');
  void child.ask({}).catch(() => undefined);
  await child[Symbol.asyncDispose]();
});
