import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Header } from '../../src/gguf/model.js';
import { readHeader } from '../../src/gguf/parse.js';
import { REJECTED_BY } from '../../src/gguf/problems.js';
import { openFile } from '../../src/sources/file.js';
import { dataPath, describeWithData } from '../support/data.js';

interface Verdict {
  readonly file: string;
  /** ggml's letters for header, no_alloc and data mode. */
  readonly letters: string;
}

/** Letters for the two modes without data: `A` accepts, `r` rejects. */
function verdictOf(header: Header): string {
  return header.problems.some(({ code }) => REJECTED_BY[code] === 'header') ? 'rr' : 'AA';
}

/** ggml's third mode reads the whole padded data section. */
function dataVerdictOf(header: Header): string {
  const missing = header.problems.some(({ code }) => code === 'data-truncated' || code === 'final-padding');
  return verdictOf(header) === 'rr' || missing ? 'r' : 'A';
}

async function parse(file: string): Promise<Header> {
  await using source = await openFile(file);
  return await readHeader(source);
}

function conformanceVerdicts(): Verdict[] {
  const index: { file: string; ggml: { header: string; noalloc_ctx: string; data: string } }[] = JSON.parse(
    readFileSync(dataPath('conformance', 'index.json'), 'utf8'),
  );
  const letter = (verdict: string): string => (verdict.startsWith('a') || verdict === 'A' ? 'A' : 'r');
  return index.map(({ file, ggml }) => ({
    file: dataPath('conformance', file),
    letters: [ggml.header, ggml.noalloc_ctx, ggml.data].map(letter).join(''),
  }));
}

function malformedVerdicts(): Verdict[] {
  const index: { name: string; ggml_header_noalloc_data: string }[] = JSON.parse(
    readFileSync(dataPath('malformed', 'verdicts.json'), 'utf8'),
  );
  // X is an abort of ggml itself: it tried to allocate what a tiny file claims. We reject.
  return index.map(({ name, ggml_header_noalloc_data: letters }) => ({
    file: dataPath('malformed', `${name}.gguf`),
    letters: letters.replace('X', 'r'),
  }));
}

describeWithData("ggml's verdicts", () => {
  test('every file of both corpora is listed', () => {
    const listed = [...conformanceVerdicts(), ...malformedVerdicts()].map(({ file }) => file);
    const present = ['conformance', 'malformed'].flatMap((folder) =>
      readdirSync(dataPath(folder))
        .filter((name) => name.endsWith('.gguf'))
        .map((name) => dataPath(folder, name)),
    );
    expect(listed.sort()).toEqual(present.sort());
    expect(listed.length).toBeGreaterThan(200);
  });

  test('each file gets the verdict of all three modes', async () => {
    const wrong: string[] = [];
    for (const { file, letters } of [...conformanceVerdicts(), ...malformedVerdicts()]) {
      const header = await parse(file);
      const ours = verdictOf(header) + dataVerdictOf(header);
      if (ours !== letters) wrong.push(`${file}: ggml ${letters}, ours ${ours}: ${JSON.stringify(header.problems)}`);
    }
    expect(wrong).toEqual([]);
  });
});
