import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Finding } from '../../../src/checks/check.js';
import { runChecks } from '../../../src/checks/run.js';
import { TENSOR_RULES } from '../../../src/checks/tensor/index.js';
import { type Header, tensorExtent } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { type BuilderValue, type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { checkFile } from './check-with-data.js';

const checkWithData = (file: string): Promise<Finding[]> => checkFile(TENSOR_RULES, file);

test('the demo file has no fault of its tensors', async () => {
  expect(await checkWithData('fixtures/demo/gemma-3n-demo-Q4_K_M.gguf')).toEqual([]);
});

/** What a row of the matrix changes in `ok.gguf`. */
interface Change {
  readonly drop?: string;
  readonly set?: Readonly<Record<string, BuilderValue>>;
  readonly dims?: Readonly<Record<string, readonly number[]>>;
  readonly more?: string;
}

const u32 = (value: number): BuilderValue => ({ type: 'uint32', value });

/** The rows that llama.cpp refuses because of a tensor and that are no plain `drop`. */
const CHANGES: Readonly<Record<string, Change>> = {
  'extra tensor': { more: 'extra.weight' },
  'wrong shape attn_q': { dims: { 'blk.0.attn_q.weight': [32, 16] } },
  'vocab!=embd rows': { dims: { 'token_embd.weight': [32, 263] } },
  'block_count 2 (1 present)': { set: { 'llama.block_count': u32(2) } },
  'head_count 0': { set: { 'llama.attention.head_count': u32(0) } },
  'head_count_kv 0': { set: { 'llama.attention.head_count_kv': u32(0) } },
  'embedding_length 33': { set: { 'llama.embedding_length': u32(33) } },
};

function changed(header: Header, bytes: Uint8Array, { drop, set = {}, dims = {}, more }: Change): Uint8Array {
  let builder: GgufBuilder = gguf();
  for (const { key, raw } of header.metadata) {
    if (key === drop) continue;
    builder = key in set ? builder.metadata(key, set[key]!) : builder.rawEntry(raw);
  }
  for (const tensor of header.tensors) {
    if (tensor.name === drop) continue;
    const { offset, length } = tensorExtent(header, tensor)!;
    const shape = dims[tensor.name];
    if (shape !== undefined) builder = builder.tensor(tensor.name, tensor.type!, shape);
    else
      builder = builder.tensor(tensor.name, tensor.type!, tensor.dims, {
        bytes: bytes.subarray(offset, offset + length),
      });
  }
  return (more === undefined ? builder : builder.tensor(more, 'F32', [32])).bytes();
}

describeWithData('tensors of real files', () => {
  test.each(['model/tiny-gemma3n-BF16.gguf', 'model/stories260K.gguf', 'loader/ok.gguf'])(
    '%s has no fault of its tensors',
    async (file) => {
      expect(await checkWithData(dataPath(...file.split('/')))).toEqual([]);
    },
  );

  test('of the changes in matrix.json, those that llama.cpp refuses for a tensor are found, and no others', () => {
    const bytes = new Uint8Array(readFileSync(dataPath('loader', 'ok.gguf')));
    const header = parseHeader(bytes);
    const rows: [string, number | 'gen', string[]][] = JSON.parse(
      readFileSync(dataPath('loader', 'matrix.json'), 'utf8'),
    );
    let refused = 0;
    for (const [title, code, messages] of rows) {
      const [, name] = /^(?:tensor )?drop (\S+)$/.exec(title) ?? [];
      const change = CHANGES[title] ?? (name === undefined ? undefined : { drop: name });
      const isOfTensor = /check_tensor_dims|wrong number of tensors/.test(messages[0] ?? '');
      // Each row about a tensor must be rebuilt; the others are for other rules.
      if (isOfTensor) expect(change, title).toBeDefined();
      if (change === undefined) continue;
      const findings = runChecks(parseHeader(changed(header, bytes, change)), { rules: TENSOR_RULES });
      expect(findings.length > 0, `${title}: ${code}`).toBe(isOfTensor);
      refused += Number(isOfTensor);
    }
    expect(refused).toBe(20);
  });
});
