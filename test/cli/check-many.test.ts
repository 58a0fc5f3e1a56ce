import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { smallModel } from '../support/models.js';
import { tempFolder } from '../support/temp.js';

// A process of its own, since only of a whole process can a peak be told.
const CHILD = `
  const [{ main }, { processTerminal }] = await Promise.all([import(process.env.MAIN), import(process.env.TERMINAL)]);
  await main(process.argv.slice(1), processTerminal());
  console.error(process.resourceUsage().maxRSS * 1024);
`;

interface Run {
  readonly out: string;
  readonly errors: readonly string[];
  readonly peak: number;
  readonly seconds: number;
}

function check(folder: string, ...argv: string[]): Run {
  const module = (name: string): string => pathToFileURL(path.resolve('dist/cli', name)).href;
  const env = { ...process.env, MAIN: module('main.js'), TERMINAL: module('terminal.js') };
  const start = performance.now();
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', CHILD, 'check', ...argv], {
    ...{ cwd: folder, env, encoding: 'utf8', maxBuffer: 2 ** 26 },
  });
  const errors = child.stderr.trimEnd().split('\n');
  return { out: child.stdout, peak: Number(errors.pop()), errors, seconds: (performance.now() - start) / 1000 };
}

test('1,000 files: under 10 seconds, in order, with flat memory, and one that cannot be read stops none', () => {
  const folder = tempFolder();
  const bytes = smallModel().bytes();
  const names = Array.from({ length: 1000 }, (_, i) => `m${String(i).padStart(3, '0')}.gguf`);
  for (const name of names) writeFileSync(path.join(folder, name), bytes);
  const few = check(folder, ...names.slice(0, 50));
  const all = check(folder, ...names.slice(0, 500), 'missing.gguf', ...names.slice(500));
  expect(all.errors).toEqual(['ggufix: cannot read missing.gguf: no such file']);
  expect(all.out).toContain('\n1,001 files: ');
  const headings = [...all.out.matchAll(/^m\d\d\d\.gguf/gm)].map(([name]) => name);
  expect(headings).toEqual(names);
  expect(all.seconds).toBeLessThan(10);
  expect(all.peak - few.peak).toBeLessThan(64 * 2 ** 20);
});
