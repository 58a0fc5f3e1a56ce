import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseHeader } from '../../src/gguf/parse.js';
import { PRESETS } from '../../src/quantizer/recipes/presets/presets.js';
import { describeWithLlama } from '../quantizer/support/llama.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools, hashesOfTensors, runTool } from '../support/llama-tools.js';
import { runBinary } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { sharedFolder } from './support/scratch.js';

const model = (): string => dataPath('model/tiny-gemma3n-BF16.gguf');
const imatrix = (): string => dataPath('model/tiny-gemma3n.imatrix.gguf');

/** Runs `ggufix quantize` and returns its document. */
function quantize(source: string, out: string, ...flags: readonly string[]): QuantizeJson {
  const run = runBinary(['quantize', source, out, '--json', ...flags], tempFolder());
  expect(run.err).toBe('');
  expect(run.exit).toBe(0);
  return JSON.parse(run.out);
}

interface QuantizeJson {
  readonly bytes: number;
  readonly outputs: readonly string[];
  readonly sidecar: string;
  readonly tensors: readonly { readonly name: string; readonly type: string }[];
  readonly findings: readonly unknown[];
  readonly notes: readonly string[];
}

function isSame(a: string, b: string): boolean {
  return readFileSync(a).equals(readFileSync(b));
}

function tensorTypes(file: string): [string, string | undefined][] {
  const bytes = readFileSync(file);
  return parseHeader(bytes, bytes.byteLength).tensors.map(({ name, type }) => [name, type]);
}

describeWithData('ggufix quantize', () => {
  describeWithTools('with llama-quantize', ['llama-quantize'], () => {
    describeWithLlama('and the embedded engine', () => {
      const cases = [
        ...PRESETS.map(({ name }) => ['--recipe', name] as const),
        ...['Q4_K_M', 'Q6_K', 'IQ4_XS'].map((type) => ['--type', type] as const),
      ];

      test.each(cases)(
        '%s %s: same bytes, as large as predicted, loads in llama.cpp and passes check',
        (...how) => {
          const folder = tempFolder();
          const [native, embedded] = ['native.gguf', 'embedded.gguf'].map((name) => path.join(folder, name)) as [
            string,
            string,
          ];
          const flags = [...how, '--imatrix', imatrix(), '--no-sidecar'];
          const planned = quantize(model(), native, ...flags, '--dry-run');
          quantize(model(), native, ...flags);
          const { bytes, tensors } = quantize(model(), embedded, ...flags, '--engine', 'embedded');
          expect(isSame(native, embedded)).toBe(true);
          expect(planned.bytes).toBe(statSync(native).size);
          expect(bytes).toBe(planned.bytes);
          const types = new Map(tensorTypes(native));
          expect(tensors).toHaveLength(227);
          for (const { name, type } of tensors) expect(types.get(name), name).toBe(type);
          const check = runBinary(['check', native, '--data', '--engine', '--json'], folder);
          expect(check.exit, check.out).toBe(0);
        },
        240_000,
      );

      test('a model of odd rows, in F32', () => {
        const folder = sharedFolder();
        const source = dataPath('model/stories260K.gguf');
        const files = ['auto', 'embedded'].map((engine) => {
          const out = path.join(folder, `${engine}.gguf`);
          const { tensors } = quantize(source, out, '--type', 'Q4_K_M', '--engine', engine);
          expect(new Set(tensors.map(({ type }) => type))).toEqual(new Set(['Q5_0', 'Q8_0', 'F16']));
          return out;
        });
        expect(isSame(files[0] ?? '', files[1] ?? '')).toBe(true);
        const plain = path.join(folder, 'plain.gguf');
        runTool('llama-quantize', [source, plain, 'Q4_K_M', '1']);
        expect(new Map(tensorTypes(files[0] ?? ''))).toEqual(new Map(tensorTypes(plain)));
        expect(runBinary(['check', files[0] ?? '', '--engine', '--json'], folder).exit).toBe(0);
      });

      test('split in two, kept split and joined', () => {
        const folder = sharedFolder();
        runTool('llama-gguf-split', ['--split-max-size', '30M', model(), path.join(folder, 'split')]);
        const shard = path.join(folder, 'split-00002-of-00002.gguf');
        const flags = ['--type', 'Q8_0', '--no-sidecar'];
        const joined = path.join(folder, 'joined.gguf');
        const direct = path.join(folder, 'direct.gguf');
        expect(quantize(shard, joined, ...flags).bytes).toBe(statSync(joined).size);
        quantize(model(), direct, ...flags);
        expect(new Map(tensorTypes(joined))).toEqual(new Map(tensorTypes(direct)));
        for (const engine of ['auto', 'embedded']) {
          const { outputs, bytes } = quantize(
            shard,
            path.join(folder, `${engine}.gguf`),
            ...flags,
            '--keep-split',
            '--engine',
            engine,
          );
          expect(outputs).toEqual([1, 2].map((n) => path.join(folder, `${engine}-0000${n}-of-00002.gguf`)));
          expect(bytes).toBe(outputs.reduce((sum, file) => sum + statSync(file).size, 0));
          expect(runBinary(['check', outputs[0] ?? '', '--engine', '--json'], folder).exit).toBe(0);
        }
        for (const n of [1, 2]) {
          const [native, embedded] = ['auto', 'embedded'].map((engine) =>
            path.join(folder, `${engine}-0000${n}-of-00002.gguf`),
          );
          expect(isSame(native ?? '', embedded ?? '')).toBe(true);
        }
      }, 120_000);
    });

    test('the recipe beside a result, and the result itself, make it again', () => {
      const folder = sharedFolder();
      const first = path.join(folder, 'first.gguf');
      const flags = ['--imatrix', imatrix()];
      const { sidecar } = quantize(model(), first, '--recipe', 'UD-Q3_K_XL', ...flags);
      const again = path.join(folder, 'again.gguf');
      quantize(model(), again, '--recipe', sidecar, ...flags);
      expect(isSame(first, again)).toBe(true);
      const like = path.join(folder, 'like.gguf');
      const { notes } = quantize(model(), like, '--like', first, ...flags);
      expect(notes).toEqual([]);
      expect(tensorTypes(like)).toEqual(tensorTypes(first));
      expect(hashesOfTensors(like)).toEqual(hashesOfTensors(first));
    }, 120_000);

    test('what is quantized already is taken where that is wanted', () => {
      const folder = sharedFolder();
      const q8 = path.join(folder, 'q8.gguf');
      quantize(model(), q8, '--type', 'Q8_0', '--no-sidecar');
      const out = path.join(folder, 'out.gguf');
      const refused = runBinary(['quantize', q8, out, '--type', 'Q4_K_M'], folder);
      expect(refused).toMatchObject({ exit: 3, err: expect.stringContaining('is Q8_0 already') });
      const { bytes } = quantize(q8, out, '--type', 'Q4_K_M', '--allow-requantize');
      expect(bytes).toBe(statSync(out).size);
      rmSync(q8);
    }, 120_000);

    test('trap: counters drift where one layer is overridden, but every tensor has its own line', () => {
      const folder = tempFolder();
      const out = path.join(folder, 'out.gguf');
      const flags = ['--type', 'Q4_K_M', '--tensor', 'blk.0.ffn_down.weight=q8_0'];
      quantize(model(), out, ...flags, '--no-sidecar');
      const down = tensorTypes(out).filter(([name]) => name.endsWith('ffn_down.weight'));
      const sixes = down.filter(([, type]) => type === 'Q6_K').map(([name]) => Number(/\d+/.exec(name)?.[0]));
      // Layer by layer: below n/8, from 7n/8 on, and every third between; layer 0 was pinned.
      expect(sixes).toEqual([1, 2, 5, 8, 11, 14, 17, 20, 21, 22, 23, 24]);
      // What llama-quantize makes of the same wish.
      const drifted = path.join(folder, 'drifted.gguf');
      runTool('llama-quantize', [
        '--tensor-type',
        '^blk\\.0\\.ffn_down\\.weight$=q8_0',
        model(),
        drifted,
        'Q4_K_M',
        '2',
      ]);
      const theirs = tensorTypes(drifted).filter(([name, type]) => name.endsWith('ffn_down.weight') && type === 'Q6_K');
      expect(theirs.map(([name]) => Number(/\d+/.exec(name)?.[0]))).not.toEqual(sixes);
    }, 120_000);
  });
});
