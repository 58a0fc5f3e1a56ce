import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runChecks } from '../../../src/checks/run.js';
import { TENSOR_RULES } from '../../../src/checks/tensor/index.js';
import { LAYOUTS } from '../../../src/checks/tensor/layouts.js';
import { type MetadataEntry, parseHeader } from '../../../src/index.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { type BuilderValue, gguf } from '../../support/gguf-builder.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFile } from '../../support/temp.js';
import { modelFile, type Oddities, SIZES } from './models.js';

/** What llama.cpp says of a file: nothing where it loads and computes a token. */
function complaintOf(bytes: Uint8Array): string {
  const { status, stderr } = spawnSync('llama-simple', ['-m', tempFile(bytes), '-n', '1', '-ngl', '0', 'a'], {
    encoding: 'latin1',
    env: { ...process.env, GGML_NO_BACKTRACE: '1' },
  });
  return status === 0 ? '' : (/error loading model: (.*)/.exec(stderr)?.[1] ?? `ended with ${status}`);
}

/** Keys that say nothing of shapes and that llama.cpp wants all the same. */
function furtherKeys(architecture: string): Record<string, BuilderValue> {
  const layers = { length: SIZES.layers };
  const common: Record<string, BuilderValue> = {
    context_length: { type: 'uint32', value: 64 },
    'attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
    'rope.dimension_count': { type: 'uint32', value: architecture === 'qwen2' || architecture === 'phi3' ? 16 : 32 },
    'attention.sliding_window': { type: 'uint32', value: 16 },
  };
  if (architecture === 'gpt-oss') return { ...common, expert_used_count: { type: 'uint32', value: 2 } };
  if (architecture !== 'gemma3n') return common;
  return {
    ...common,
    'attention.shared_kv_layers': { type: 'uint32', value: 0 },
    'altup.num_inputs': { type: 'uint32', value: 4 },
    'altup.active_idx': { type: 'uint32', value: 0 },
    embedding_length_per_layer_input: { type: 'uint32', value: 256 },
    activation_sparsity_scale: { type: 'array', itemType: 'float32', items: Array.from(layers, () => 1) },
    'attention.sliding_window_pattern': { type: 'array', itemType: 'bool', items: Array.from(layers, () => true) },
  };
}

/** A whole model that llama.cpp loads, with the vocabulary of `ok.gguf`. */
function loadable(architecture: string, oddities: Oddities = {}): Uint8Array {
  const { metadata } = parseHeader(readFileSync(dataPath('loader', 'ok.gguf')));
  const tokenizer = metadata.filter(({ key }) => key.startsWith('tokenizer.'));
  const vocab = tokenizer.find(({ key }) => key === 'tokenizer.ggml.tokens')?.count ?? 0;
  const entries = [...furtherEntries(architecture), ...tokenizer].map(({ raw }) => raw);
  return modelFile(architecture, { ...oddities, rest: { entries, vocab } }).bytes();
}

function furtherEntries(architecture: string): readonly MetadataEntry[] {
  const builder = Object.entries(furtherKeys(architecture)).reduce(
    (file, [key, value]) => file.metadata(`${architecture}.${key}`, value),
    gguf(),
  );
  return parseHeader(builder.bytes()).metadata;
}

describeWithData('layouts', () => {
  describeWithTools('in llama.cpp', ['llama-simple'], () => {
    test.each([
      ['llama', { 'attn_qkv.weight': [64, 256] }],
      ['phi3', { 'attn_q.weight': [64, 64], 'attn_k.weight': [64, 32], 'attn_v.weight': [64, 32] }],
    ])('%s loads with %j instead', (architecture, parts) => {
      const names = Object.entries(parts).flatMap(([name, shape]) => [0, 1].map((at) => [`blk.${at}.${name}`, shape]));
      const dims: Record<string, number[]> = Object.fromEntries(names);
      const without = (name: string): boolean => /attn_(?:q|k|v|qkv)\.weight$/.test(name);
      const bytes = loadable(architecture, { without, more: Object.keys(dims), dims });
      expect(complaintOf(bytes)).toBe('');
      expect(runChecks(parseHeader(bytes), { rules: TENSOR_RULES })).toEqual([]);
    });

    describe.each(Object.entries(LAYOUTS))('%s', (architecture, { model, layer }) => {
      test('loads whole', () => {
        expect(complaintOf(loadable(architecture))).toBe('');
      });

      test('is refused without any of its tensors', () => {
        const needed = [...model, ...layer.map((each) => ({ ...each, name: `blk.1.${each.name}` }))];
        for (const { name } of needed.filter(({ isOptional }) => !isOptional)) {
          expect(complaintOf(loadable(architecture, { without: (each) => each === name })), name).not.toBe('');
        }
      });

      test('is refused with one too many', () => {
        const complaint = complaintOf(loadable(architecture, { more: ['blk.0.extra.weight'] }));
        expect(complaint).toContain('wrong number of tensors');
      });
    });
  });
});
