import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/checks/check.js';
import { runChecks, verdictOf } from '../../src/checks/run.js';
import { readHeader } from '../../src/gguf/parse.js';
import { planRepair } from '../../src/repair/plan.js';
import { openFile } from '../../src/sources/file.js';
import { dataPath, describeWithData } from '../support/data.js';

async function check(file: string): Promise<Finding[]> {
  await using source = await openFile(file);
  return runChecks(await readHeader(source));
}

const filesIn = (folder: string): string[] =>
  readdirSync(dataPath(folder))
    .filter((name) => name.endsWith('.gguf'))
    .map((name) => dataPath(folder, name));

/** `r` where the loader's mode of ggml refuses a file, `A` where it accepts it; data past the end is refused later. */
function expectedVerdicts(): Map<string, 'pass' | 'fail'> {
  const read = (folder: string, file: string) => JSON.parse(readFileSync(dataPath(folder, file), 'utf8'));
  const conformance: { file: string; ggml: { header: string } }[] = read('conformance', 'index.json');
  const malformed: { name: string; ggml_header_noalloc_data: string }[] = read('malformed', 'verdicts.json');
  const verdict = (letter: string | undefined) => (letter?.toUpperCase() === 'A' ? 'pass' : 'fail');
  return new Map([
    ...conformance.map(({ file, ggml }) => [dataPath('conformance', file), verdict(ggml.header[0])] as const),
    ...malformed.map(
      ({ name, ggml_header_noalloc_data: letters }) =>
        [dataPath('malformed', `${name}.gguf`), verdict(letters[0])] as const,
    ),
  ]);
}

/**
 * Errors in files that ggml's header reader, which looks at no meaning, accepts: what llama.cpp's loader refuses or aborts
 * on, and hostile templates. docs/format-notes.md tells why.
 */
const BEYOND_GGML: Readonly<Record<string, readonly string[]>> = {
  'p17_chat_template_ssti.gguf': ['template/code-escape'],
  'p18_chat_template_range_bomb.gguf': ['template/giant-range'],
  'p20_scores_i8.gguf': ['tokenizer/array-type'],
  'p25_dup_tokens.gguf': ['tokenizer/token-duplicate'],
  'p29_split_no_type.gguf': ['shard/split-key-type'],
};

describeWithData('real files', () => {
  test('the trained Gemma 3n has no fault but its BF16 table, whatever is infinite in it', async () => {
    const findings = await check(dataPath('model', 'tiny-gemma3n-BF16.gguf'));
    expect(findings).toMatchObject([
      { rule: 'template/double-bos', severity: 'info' },
      {
        rule: 'gemma3n/per-layer-token-embd-type',
        severity: 'warning',
        affects: ['ollama >=0.9.3 <0.11.5'],
        fix: { safety: 'safe', title: 'Convert per_layer_token_embd.weight from BF16 to F16' },
      },
    ]);
    expect(verdictOf(findings)).toBe('pass');
  });

  test.each(['vocab', 'model'])('no other file in %s gives an error', async (folder) => {
    for (const file of filesIn(folder)) expect(verdictOf(await check(file)), file).toBe('pass');
  });

  test("each file of the conformance and malformed corpora passes iff ggml's header mode accepts it and its data is there", async () => {
    const wrong: string[] = [];
    for (const [file, verdict] of expectedVerdicts()) {
      const beyond = BEYOND_GGML[path.basename(file)];
      const found = await check(file);
      const findings = found.filter(({ rule }) => beyond === undefined || !beyond.includes(rule));
      for (const rule of beyond ?? []) expect(found.map((finding) => finding.rule)).toContain(rule);
      const isCut = findings.some(({ rule }) => rule === 'container/data-truncated');
      if (verdictOf(findings) !== (isCut ? 'fail' : verdict)) wrong.push(`${file}: ggml ${verdict}`);
    }
    expect(wrong).toEqual([]);
  });

  test('planning a repair of any of them throws nothing and gives the same plan twice', async () => {
    for (const file of [
      ...filesIn('conformance'),
      ...filesIn('malformed'),
      ...filesIn('model'),
      ...filesIn('loader'),
    ]) {
      await using source = await openFile(file);
      const header = await readHeader(source);
      expect(planRepair(header, { allow: 'unsafe' }), file).toEqual(planRepair(header, { allow: 'unsafe' }));
    }
  });
});
