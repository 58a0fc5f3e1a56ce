import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { gguf } from '../support/gguf-builder.js';
import { BINARY } from '../support/run-cli.js';
import { tempFile } from '../support/temp.js';

/** GNU time, which tells the peak memory of a process. */
const TIME = '/usr/bin/time';

const MAX_PEAK_KB = 300_000;
/** For a machine that is busy with other tests; alone each command is done in 2 seconds. */
const MAX_SECONDS = 10;

/** A published attack on a reader of GGUF files, the file of the corpus that has its shape, and the rule that says so. */
type Row = readonly [id: string, file: string, rule: string];

/** Attacks on the reader of the container. */
const CONTAINER: readonly Row[] = [
  ['CVE-2024-21802 (shape overflows)', 'tensors/elements-past-int64', 'container/tensor-dimensions'],
  ['CVE-2024-21802, candle#3533, gguf-rs#15 (dimensions)', 'tensors/dimensions-65', 'container/tensor-dimensions'],
  ['CVE-2024-23496 (string length + 1 wraps)', 'metadata/key-length-2-to-the-64', 'container/counts-and-lengths'],
  ['CVE-2024-23605 (key count)', 'header/key-count-over-limit', 'container/counts-and-lengths'],
  ['CVE-2024-21836 (tensor count)', 'header/tensor-count-over-limit', 'container/counts-and-lengths'],
  ['CVE-2024-21825 (array of strings)', 'metadata/strings-past-file', 'container/truncated-header'],
  ['CVE-2024-25664 (key count past the file)', 'header/key-count-past-file', 'container/truncated-header'],
  ['CVE-2024-25665 (tensor count past the file)', 'header/tensor-count-past-file', 'container/truncated-header'],
  ['CVE-2024-25666 (string length)', 'metadata/string-over-limit', 'container/counts-and-lengths'],
  ['CVE-2024-25667 (array length)', 'metadata/array-over-limit', 'container/counts-and-lengths'],
  ['CVE-2024-25668 (dimensions and types)', 'tensors/dimensions-2-to-the-32', 'container/tensor-dimensions'],
  ['CVE-2024-25668 (value type)', 'metadata/value-type-13', 'container/value-type'],
  ['CVE-2024-32878 (read fails among the keys)', 'header/cut-in-string-value', 'container/truncated-header'],
  ['CVE-2024-41130 (read of a tensor name fails)', 'header/cut-in-tensor-info', 'container/truncated-header'],
  ['llama.cpp#8816 (removed type)', 'tensors/type-removed-q4-0-4-4', 'container/tensor-type'],
  ['CVE-2025-53630 (sum of sizes wraps)', 'tensors/sizes-past-uint64', 'container/tensor-size-overflow'],
  ['CVE-2026-27940 (memory size wraps)', 'tensors/memory-size-wraps', 'container/data-truncated'],
  ['CVE-2026-33298 (strides wrap)', 'tensors/strides-wrap', 'container/tensor-size-overflow'],
  ['padding wraps, F32', 'tensors/padded-size-wraps-f32', 'container/tensor-size-overflow'],
  ['padding wraps, I8', 'tensors/padded-size-wraps-i8', 'container/data-truncated'],
  ['ggml_row_size wraps (sfwani/mfv-gguf-nbytes-overflow)', 'tensors/row-size-wraps', 'container/data-truncated'],
  ['ggml#1517 (empty key)', 'metadata/key-empty', 'container/key-empty'],
  ['llama.cpp#24997 (alignment 2^31)', 'metadata/alignment-2-to-the-31', 'container/data-start'],
  ['llama.cpp#26318 (type of the alignment)', 'metadata/alignment-uint64', 'container/alignment'],
  ['CVE-2024-39720 (only the magic)', 'header/magic-only', 'container/truncated-header'],
  ['CVE-2024-12055 (read out of bounds)', 'metadata/array-past-file', 'container/truncated-header'],
  ['CVE-2025-0315 (allocation from a length)', 'metadata/array-over-limit', 'container/counts-and-lengths'],
  ['CVE-2025-0317 (alignment 0)', 'metadata/alignment-zero', 'container/alignment'],
  ['CVE-2025-66959 (length past the file)', 'metadata/string-past-file', 'container/truncated-header'],
  ['CVE-2025-66960 (empty string in version 1)', 'header/version-1-empty-string', 'container/version'],
  ['CVE-2026-7482 (offset past the file)', 'tensors/offset-past-file', 'container/tensor-offset'],
  ['CVE-2025-62608, CVE-2025-62609 (offset, mlx)', 'tensors/offset-2-to-the-64', 'container/tensor-offset'],
  ['CVE-2026-53923 (more than 2^31 weights)', 'tensors/sixteen-gib', 'container/data-truncated'],
  ['huggingface.js#2028 (nested arrays)', 'metadata/array-of-arrays-5-deep', 'container/nested-array'],
  ['llama.cpp#27056 (data past the file)', 'data/cut-in-last-tensor', 'container/data-truncated'],
  ['huntr (tensors at one place)', 'tensors/offset-overlap', 'container/tensor-offset'],
  ['huntr (counts that parsers read differently)', 'header/tensor-count-negative', 'container/counts-and-lengths'],
];

/** Attacks by what a sound container holds. */
const CONTENT: readonly Row[] = [
  ['llama.cpp#25821, #26051 (block_count above 512)', 'hostile/block-count-513', 'metadata/block-count'],
  ['CVE-2024-8063 (type of block_count)', 'hostile/block-count-string', 'metadata/key-type'],
  ['llama.cpp#25969, #27226 (plamo2 byte token)', 'hostile/byte-token-negative', 'tokenizer/byte-token-text'],
  ['llama.cpp#26690 (token types of another type)', 'hostile/token-types-uint32', 'tokenizer/array-type'],
  ['llama.cpp#20735 (too few token types)', 'hostile/token-types-short', 'tokenizer/array-length'],
  ['llama.cpp#20735 (too few scores)', 'hostile/scores-short', 'tokenizer/array-length'],
  ['llama.cpp#25475 (special id)', 'hostile/special-id-past-end', 'tokenizer/special-id'],
  ['llama.cpp#25508 (default of a special id)', 'hostile/special-id-default-past-end', 'tokenizer/special-id'],
  ['llama.cpp#25739 (duplicate tokens)', 'hostile/token-duplicate', 'tokenizer/token-duplicate'],
  ['BOS without an id (abort)', 'hostile/bos-without-id', 'tokenizer/bos-missing'],
  ['character map of 3 bytes', 'hostile/charsmap-3-bytes', 'tokenizer/charsmap'],
  ['character map past its end', 'hostile/charsmap-past-end', 'tokenizer/charsmap'],
  ['llama.cpp#29128 (experts of an adapter)', 'hostile/lora-experts-differ', 'companion/lora-pairs'],
  ['llama.cpp#24142 (image_mean)', 'hostile/mmproj-image-mean-short', 'companion/mmproj-keys'],
  ['llama.cpp#24976 (pinpoints)', 'hostile/mmproj-pinpoints-odd', 'companion/mmproj-range'],
  ['llama.cpp#25014 (type of a number)', 'hostile/mmproj-scalar-type', 'companion/mmproj-range'],
  ['llama.cpp#26237 (tiles)', 'hostile/mmproj-tiles', 'companion/mmproj-range'],
  ['llama.cpp#27166 (positions of MiniCPM-V)', 'hostile/mmproj-patches', 'companion/mmproj-range'],
  ['llama.cpp#27202 (layers)', 'hostile/mmproj-layers', 'companion/mmproj-range'],
  ['llama.cpp#27223 (chunk_size)', 'hostile/mmproj-chunk-size', 'companion/mmproj-range'],
  ['llama.cpp#27224 (image_min_pixels)', 'hostile/mmproj-min-pixels', 'companion/mmproj-range'],
  ['llama.cpp#24140 (range of a billion)', 'hostile/template-range', 'template/giant-range'],
  ['loops without end', 'hostile/template-loops', 'template/runaway'],
  ['control vector with a huge layer', 'hostile/control-vector-huge-layer', 'companion/control-vector'],
  ['lmstudio-bug-tracker#2289 (target_layers)', 'hostile/target-layers-600', 'metadata/target-layers'],
  ['CVE-2024-34359 (code in a template)', 'hostile/template-code', 'template/code-escape'],
  ['CVE-2024-34359 (in a named template)', 'hostile/template-named-code', 'template/code-escape'],
  ['Pillar Security (instruction behind a gate)', 'hostile/template-gate', 'template/content-gate'],
];

interface Answer {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a command answers, which must not take more time or memory than any file may. */
function answer(argv: readonly string[], file: string): Answer {
  const run = spawnSync(TIME, ['-f', '%M %e', process.execPath, BINARY, ...argv, path.basename(file)], {
    cwd: path.dirname(file),
    encoding: 'utf8',
  });
  const lines = run.stderr.trimEnd().split('\n');
  const [peak, seconds] = lines.at(-1)!.split(' ').map(Number);
  expect(peak, `KB of memory for ${argv}`).toBeLessThan(MAX_PEAK_KB);
  expect(seconds, `seconds for ${argv}`).toBeLessThan(MAX_SECONDS);
  expect(run.signal).toBeNull();
  return { status: run.status, out: run.stdout, err: lines.slice(0, -1).join('\n') };
}

/** Runs the three commands that people run on a file they do not trust. */
function tryAll(file: string, rule: string): void {
  const check = answer(['check', '--json'], file);
  const [report] = JSON.parse(check.out).files;
  expect(report.findings.map((finding: { rule: string }) => finding.rule)).toContain(rule);
  expect(check.status).toBe(report.verdict === 'fail' ? 1 : 0);
  const inspect = answer(['inspect'], file);
  expect([0, 3]).toContain(inspect.status);
  expect(inspect.out + inspect.err).toContain(path.basename(file));
  const fix = answer(['fix', '--dry-run'], file);
  expect([0, 1]).toContain(fix.status);
  for (const { out, err } of [inspect, fix]) expect(out + err).not.toMatch(/\bat \S+ \(|TypeError|RangeError/);
}

describe.skipIf(!existsSync(TIME))(`published attacks (skipped without ${TIME})`, () => {
  test.each([...CONTAINER, ...CONTENT])(
    '%s: %s',
    (_, file, rule) => tryAll(path.resolve('fixtures/corpus', `${file}.gguf`), rule),
    60_000,
  );

  test.each([
    ['tags', "{% if a == 'b' %}{{ c + 'd e f' }}{% endif %}"],
    ['operators', `{{ a${'+'.repeat(50)}`],
    ['open tags', '{{ '],
    ['characters that are not seen', '\u200b'],
  ])(
    'CVE-2025-0315 and the like: a chat template of 10 MB of %s',
    (_, unit) => {
      const value = unit.repeat(10_000_000 / unit.length);
      const file = gguf()
        .metadata('general.architecture', { type: 'string', value: 'llama' })
        .metadata('tokenizer.chat_template', { type: 'string', value })
        .bytes();
      tryAll(tempFile(file, 'template.gguf'), 'template/not-tried');
    },
    60_000,
  );

  test('CVE-2025-49847: a token of more than 2^31 bytes does not fit a header', () => {
    const tokens = { type: 'array', itemType: 'string', items: [], count: 1n } as const;
    const head = gguf().metadata('tokenizer.ggml.tokens', tokens).bytes();
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(2n ** 31n + 1n);
    tryAll(tempFile(Buffer.concat([head, length]), 'token.gguf'), 'container/counts-and-lengths');
  });
});
