import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEMO_PATH, generateFixtures } from '../fixtures/generate.js';
import { reencode } from '../src/gguf/encode.js';
import type { Header } from '../src/gguf/model.js';
import { parseHeader } from '../src/gguf/parse.js';
import { type ProblemCode, REJECTED_BY } from '../src/gguf/problems.js';

const FOLDER = 'fixtures';
const generated = generateFixtures();
const corpus = generated.filter(({ path: file }) => file.startsWith('corpus/'));

// `npm run fixtures` starts vitest in this mode: the committed files then become what the generator makes.
const isRegenerating = process.env['MODE'] === 'regenerate';
if (isRegenerating) writeFixtures();

describe('committed fixtures', () => {
  test.each(generated)('$path is what the generator makes', ({ path: file, bytes }) => {
    expect(Buffer.compare(readFileSync(path.join(FOLDER, file)), bytes)).toBe(0);
  });

  test('there are no others', () => {
    const expected = generated.flatMap(({ path: file }) => (file === DEMO_PATH ? [file] : [file, goldenOf(file)]));
    expect(committedFiles()).toEqual(expected.toSorted());
  });

  test('those of the corpus are small', () => {
    expect(corpus.filter(({ bytes }) => bytes.byteLength >= 4096).map(({ path: file }) => file)).toEqual([]);
  });
});

describe('corpus', () => {
  test.each(corpus)('$path has the problems listed beside it', ({ path: file, bytes }) => {
    const golden: unknown = JSON.parse(readFileSync(path.join(FOLDER, goldenOf(file)), 'utf8'));
    expect(parseHeader(bytes).problems).toEqual(golden);
  });

  test('sound files and hostile ones have no problem, tolerated ones none that llama.cpp minds, all others one that it minds', () => {
    for (const { path: file, bytes } of corpus) {
      const codes = parseHeader(bytes).problems.map(({ code }) => code);
      const isMinded = codes.some((code) => REJECTED_BY[code] !== 'nobody');
      expect(isMinded, `${file}: ${codes}`).toBe(!['valid', 'tolerated', 'hostile'].some((area) => isIn(file, area)));
      if (isIn(file, 'valid')) expect(codes, file).toEqual([]);
    }
  });

  test('every problem has a file', () => {
    const covered = new Set(corpus.flatMap(({ bytes }) => parseHeader(bytes).problems.map(({ code }) => code)));
    // The exception needs a file of 128 MiB; hostile.test.ts has it.
    const needed = Object.keys(REJECTED_BY).filter((code) => code !== ('header-too-large' satisfies ProblemCode));
    expect([...covered].toSorted()).toEqual(needed.toSorted());
  });

  test('valid headers are encoded again as the same bytes', () => {
    for (const { path: file, bytes } of corpus.filter(({ path: name }) => isIn(name, 'valid'))) {
      const header: Header = parseHeader(bytes);
      expect(Buffer.compare(reencode(header), bytes.subarray(0, header.dataOffset)), file).toBe(0);
    }
  });
});

function isIn(file: string, area: string): boolean {
  return file.startsWith(`corpus/${area}/`);
}

function goldenOf(file: string): string {
  return file.replace(/\.gguf$/, '.problems.json');
}

function committedFiles(): string[] {
  return ['corpus', 'demo']
    .flatMap((area) =>
      readdirSync(path.join(FOLDER, area), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.relative(FOLDER, path.join(parentPath, name)).replaceAll(path.sep, '/')),
    )
    .toSorted();
}

function writeFixtures(): void {
  for (const area of ['corpus', 'demo']) rmSync(path.join(FOLDER, area), { recursive: true, force: true });
  for (const { path: file, bytes } of generated) {
    const target = path.join(FOLDER, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, bytes);
    if (file === DEMO_PATH) continue;
    const problems = JSON.stringify(parseHeader(bytes).problems, null, 2);
    writeFileSync(path.join(FOLDER, goldenOf(file)), `${problems}\n`);
  }
}
