import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runChecks } from '../../src/checks/run.js';
import { canonicalHeader, canonicalSize, simulate } from '../../src/edit/draft.js';
import { assertReadable } from '../../src/gguf/encode.js';
import type { Header } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { planRepair } from '../../src/repair/plan.js';
import { gguf } from '../support/gguf-builder.js';

const start = gguf()
  .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
  .metadata('general.alignment', { type: 'int32', value: 32 })
  .metadata('gemma3n.block_count', { type: 'uint32', value: 30 })
  .metadata('gemma3n.attention.shared_kv_layers', { type: 'float32', value: 10 })
  .metadata('same', { type: 'bool', value: true })
  .metadata('same', { type: 'bool', value: true })
  .tensor('per_layer_token_embd.weight', 'Q4_K', [256, 2])
  .tensor('output_norm.weight', 'F32', [8]);
const whole = start.bytes();
const headerLength = start.headerBytes().byteLength;

/** Some bytes of the header replaced, and sometimes the end cut off. */
const damaged = fc
  .record({
    bytes: fc.array(fc.tuple(fc.nat(headerLength - 1), fc.nat(255)), { maxLength: 3 }),
    length: fc.oneof(fc.constant(whole.byteLength), fc.nat(whole.byteLength)),
  })
  .map(({ bytes, length }) => {
    const file = Buffer.from(whole);
    for (const [at, byte] of bytes) file[at] = byte;
    return file.subarray(0, length);
  });

const byRule = (header: Header): string[] => [...new Set(runChecks(header).map(({ rule }) => rule))];

test('whatever is damaged, no rule crashes, and a repair leaves a readable file that needs no repair', () => {
  let repaired = 0;
  fc.assert(
    fc.property(damaged, fc.constantFrom('safe' as const, 'unsafe' as const), (bytes, allow) => {
      const header = parseHeader(bytes);
      const before = byRule(header);
      expect(before).not.toContain('internal/check-crashed');
      const { draft, remaining, applied } = planRepair(header, { allow });
      if (draft === undefined) return;
      repaired += 1;
      expect(applied).not.toEqual([]);
      assertReadable(canonicalHeader(draft), canonicalSize(draft));
      expect(before).toEqual(expect.arrayContaining(remaining.map(({ rule }) => rule)));
      expect(planRepair(simulate(draft), { allow }).edits).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  expect(repaired).toBeGreaterThan(30);
});
