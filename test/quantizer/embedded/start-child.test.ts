import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startChild } from '../../../src/quantizer/embedded/start-child.js';
import { untilGone } from '../../support/processes.js';
import { tempFolder } from '../../support/temp.js';

function script(text: string): URL {
  const file = path.join(tempFolder(), 'child.mjs');
  writeFileSync(file, text);
  return pathToFileURL(file);
}

test('tells every message, and how it ended with its last words', async () => {
  const messages: unknown[] = [];
  const child = startChild(
    script(`import { writeSync } from 'node:fs';
process.once('message', ({ first }) => {
  writeSync(2, 'no more');
  process.send(Int32Array.of(first), () => process.send('last', () => process.exit(3)));
});`),
    { onMessage: (message) => messages.push(message) },
  );
  child.post({ first: 7 });
  expect(await child.ended).toEqual({ how: 'exit code 3', lastWords: ['no more'] });
  expect(messages).toEqual([Int32Array.of(7), 'last']);
});

test('a message to one that is gone is no error', async () => {
  const child = startChild(script('process.exit(1)'), { onMessage: () => undefined });
  await child.ended;
  child.post({});
  child.kill();
});

test('lives in an environment without what is meant for others', async () => {
  vi.stubEnv('GGML_BACKEND_PATH', '/nowhere/libggml-cpu.so');
  vi.stubEnv('NODE_OPTIONS', '--no-such-flag');
  vi.stubEnv('GGUFIX_TEST', 'kept');
  const messages: unknown[] = [];
  try {
    const shown = `const { GGML_BACKEND_PATH, NODE_OPTIONS, GGUFIX_TEST, GGML_NO_BACKTRACE } = process.env;
process.send([GGML_BACKEND_PATH, NODE_OPTIONS, GGUFIX_TEST, GGML_NO_BACKTRACE], () => process.disconnect());`;
    await startChild(script(shown), { onMessage: (message) => messages.push(message) }).ended;
  } finally {
    vi.unstubAllEnvs();
  }
  expect(messages).toEqual([[undefined, undefined, 'kept', '1']]);
});

test('does not outlive the process that started it', async () => {
  const file = path.join(tempFolder(), 'pid');
  const busy = script(`import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(file)}, String(process.pid));
process.send('started');
for (;;);`);
  const module = new URL('../../../dist/quantizer/embedded/start-child.js', import.meta.url);
  const parent = `const { startChild } = await import(${JSON.stringify(module.href)});
startChild(new URL(${JSON.stringify(busy.href)}), { onMessage: () => process.exit(0) });`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', parent]).status).toBe(0);
  await untilGone(Number(readFileSync(file, 'utf8')));
});
