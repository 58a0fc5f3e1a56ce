import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHeader } from '../../src/gguf/parse.js';
import type { TensorTypeName } from '../../src/gguf/tensor-types.js';
import { imatrixProblems, severityOf } from '../../src/quantizer/imatrix/coverage.js';
import { readImatrix, readImportance } from '../../src/quantizer/imatrix/imatrix.js';
import { scanEntries } from '../../src/quantizer/imatrix/scan-entries.js';
import { isQuantizable } from '../../src/quantizer/recipes/quantizable.js';
import { openFile } from '../../src/sources/file.js';
import { ggufImatrix, type TestEntry } from '../quantizer/support/imatrix.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools, hashesOfTensors, runTool } from '../support/llama-tools.js';
import { tempFolder } from '../support/temp.js';

const gemma = (): string => dataPath('model/tiny-gemma3n-BF16.gguf');
const gemmaImatrix = (): string => dataPath('model/tiny-gemma3n.imatrix.gguf');
const stories = (): string => dataPath('model/stories260K.gguf');

/** A file of llama-quantize: a type for each tensor that may have one. */
async function typesFile(model: string, typeOf: (name: string) => TensorTypeName): Promise<string> {
  await using source = await openFile(model);
  const { tensors } = await readHeader(source);
  const lines = tensors.filter(isQuantizable).map(({ name }) => `^${name.replaceAll('.', '\\.')}$=${typeOf(name)}`);
  const file = path.join(tempFolder(), 'types.txt');
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** What llama-quantize says when it ends, and whether it did what was asked. */
function quantize(...argv: readonly string[]): { readonly isDone: boolean; readonly text: string } {
  const run = spawnSync('llama-quantize', argv, { encoding: 'utf8' });
  return { isDone: run.status === 0, text: `${run.stdout}${run.stderr}` };
}

/** The tensors over which our own check says that the run would end. */
async function aborting(
  imatrixFile: string,
  model: string,
  fileType: string,
  typeOf: (name: string) => TensorTypeName,
) {
  await using source = await openFile(imatrixFile);
  await using file = await openFile(model);
  const [imatrix, header] = [await readImatrix(source), await readHeader(file)];
  const choices = header.tensors
    .filter(isQuantizable)
    .map((tensor) => ({ tensor, type: typeOf(tensor.name), why: '' }));
  return imatrixProblems(imatrix, header, { choices, fileType }, await scanEntries(source, imatrix))
    .filter((problem) => severityOf(problem) === 'aborts')
    .flatMap((problem) => ('tensor' in problem ? [problem.tensor] : 'tensors' in problem ? problem.tensors : []));
}

/** The whole imatrix again, with our weights as sums and 1 as counts. */
async function withOurWeights(file: string): Promise<string> {
  await using source = await openFile(file);
  const { entries } = await readImatrix(source);
  const rows: Record<string, TestEntry> = {};
  for (const entry of entries.values()) {
    rows[entry.name] = { sums: [[...(await readImportance(source, entry))]], counts: [1] };
  }
  const copy = path.join(tempFolder(), 'ours.gguf');
  writeFileSync(copy, ggufImatrix(rows).bytes());
  return copy;
}

function imatrixFile(entries: Readonly<Record<string, TestEntry>>): string {
  const file = path.join(tempFolder(), 'imatrix.gguf');
  writeFileSync(file, ggufImatrix(entries).bytes());
  return file;
}

describeWithData('against llama-quantize', () => {
  describeWithTools('and its imatrix', ['llama-quantize', 'llama-imatrix', 'llama-gguf-hash'], () => {
    describe('weights', () => {
      const types = ['--pure', gemma()] as const;

      function tensorsWith(imatrix: string): ReadonlyMap<string, string> {
        const out = path.join(tempFolder(), 'out.gguf');
        runTool('llama-quantize', ['--imatrix', imatrix, ...types, out, 'Q4_0', '2']);
        return hashesOfTensors(out);
      }

      test('ours make the same model as the file itself, and so do those of a .dat', async () => {
        const dat = path.join(tempFolder(), 'imatrix.dat');
        runTool('llama-imatrix', ['-m', gemma(), '--in-file', gemmaImatrix(), '--output-format', 'dat', '-o', dat]);
        const theirs = tensorsWith(gemmaImatrix());
        expect(theirs.size).toBe(607);
        expect(tensorsWith(await withOurWeights(gemmaImatrix()))).toEqual(theirs);
        const theirsOfDat = tensorsWith(dat);
        expect(tensorsWith(await withOurWeights(dat))).toEqual(theirsOfDat);
      });

      test('others make another model', () => {
        const plain = imatrixFile({
          'blk.0.ffn_up.weight': { sums: [Array.from({ length: 256 }, (_, i) => i)], counts: [1] },
        });
        expect(tensorsWith(plain)).not.toEqual(tensorsWith(gemmaImatrix()));
      });
    });

    describe('where it ends the run, our check says so before', () => {
      test('shared keys and values without data', async () => {
        const all = (): TensorTypeName => 'Q2_K';
        const shared = [20, 21, 22, 23, 24].flatMap((i) => [`blk.${i}.attn_k.weight`, `blk.${i}.attn_v.weight`]);
        expect((await aborting(gemmaImatrix(), gemma(), 'Q2_K_S', all)).sort()).toEqual(shared);
        const out = path.join(tempFolder(), 'out.gguf');
        const flags = ['--imatrix', gemmaImatrix(), '--tensor-type-file', await typesFile(gemma(), all)];
        const { isDone, text } = quantize(...flags, gemma(), out, 'Q2_K_S', '2');
        expect(isDone).toBe(false);
        expect(text).toContain(`Missing importance matrix for tensor ${shared[0]}`);
      });

      test('and not where they are pinned to a type that needs none', async () => {
        const pinned = (name: string): TensorTypeName => (/^blk\.2\d\.attn_[kv]/.test(name) ? 'Q3_K' : 'Q2_K');
        expect(await aborting(gemmaImatrix(), gemma(), 'Q2_K_S', pinned)).toEqual([]);
        const out = path.join(tempFolder(), 'out.gguf');
        const flags = ['--imatrix', gemmaImatrix(), '--tensor-type-file', await typesFile(gemma(), pinned)];
        expect(quantize(...flags, gemma(), out, 'Q2_K_S', '2').isDone).toBe(true);
      });

      test.each([
        ['a weight that is no number, also of a stranger', 'stranger', { sums: [[Number.NaN]], counts: [1] }, false],
        ['an entry of another size', 'blk.0.attn_q.weight', { sums: [[1, 2, 3]], counts: [1] }, false],
        ['an embedding of another size', 'token_embd.weight', { sums: [[1, 2, 3]], counts: [1] }, true],
        ['no number without a count', 'stranger', { sums: [[Number.NaN]], counts: [0] }, true],
      ])('%s', async (_what, name, entry, isFine) => {
        const file = imatrixFile({ [name]: entry });
        const out = path.join(tempFolder(), 'out.gguf');
        expect(await aborting(file, stories(), 'Q4_0', () => 'Q4_0')).toEqual(isFine ? [] : [name]);
        expect(quantize('--imatrix', file, stories(), out, 'Q4_0', '1').isDone).toBe(isFine);
      });
    });
  });
});
