import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** Lowest first. A module imports only from its own layer or lower ones. */
const LAYERS: readonly (readonly string[])[] = [
  ['errors', 'limits'],
  ['sources'],
  ['gguf'],
  ['tensors'],
  ['templates'],
  ['edit'],
  ['checks'],
  ['repair'],
  ['config'],
  ['quantizer'],
  ['evidence'],
  ['hub'],
  ['batch'],
  ['report'],
  ['cli'],
];

/** The public API stands above them all. */
const ABOVE = ['index'];

/** Words that only the command line may use. */
const CLI_ONLY = /\bconsole\.|\bprocess\.(exit|exitCode|argv|stdout|stderr)\b|'picocolors'|'commander'/;

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('assembly'))
  .map((file) => ({ file: path.join('src', file), text: readFileSync(path.join('src', file), 'utf8') }));

function layerOf(file: string): number {
  const [name = ''] = path.relative('src', file).split(/[./\\]/);
  return ABOVE.includes(name) ? LAYERS.length : LAYERS.findIndex((names) => names.includes(name));
}

function importsOf(file: string, text: string): string[] {
  const targets = [...text.matchAll(/\b(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target = '']) => target);
  return targets.map((target) => path.join(path.dirname(file), target));
}

test('there are modules to look at', () => {
  expect(sources.length).toBeGreaterThan(30);
});

test('every module belongs to a layer', () => {
  expect(sources.map(({ file }) => file).filter((file) => layerOf(file) < 0)).toEqual([]);
});

test('a module imports only from its own layer or the ones below it', () => {
  const upward = sources.flatMap(({ file, text }) =>
    importsOf(file, text)
      .filter((imported) => layerOf(imported) > layerOf(file))
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(upward).toEqual([]);
});

test('only the command line knows the process, the console and colours', () => {
  const offenders = sources.filter(
    ({ file, text }) => !file.startsWith(path.join('src', 'cli')) && CLI_ONLY.test(text),
  );
  // A program of its own, started as a child process, has a stdout of its own.
  const programs = offenders.filter(({ text }) => !text.startsWith('#!'));
  expect(programs.map(({ file }) => file)).toEqual([]);
});
