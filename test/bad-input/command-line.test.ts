import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { gguf } from '../support/gguf-builder.js';
import { tempFolder } from '../support/temp.js';
import { attempt, attemptHere, refusalLine } from './attempt.js';

/** F16 weights that are all 0.25, but for one NaN. */
const oneNan = new Uint8Array(64 * 4 * 2).fill(0x34);
oneNan.set([0x00, 0x7e], (2 * 64 + 5) * 2);

const model = gguf()
  .metadata('general.architecture', { type: 'string', value: 'llama' })
  .metadata('llama.block_count', { type: 'uint32', value: 3 })
  .tensor('whole', 'F16', [64, 4], { bytes: new Uint8Array(512).fill(0x34) })
  .tensor('odd', 'F16', [33, 2], { bytes: new Uint8Array(132).fill(0x34) })
  .tensor('nan', 'F16', [64, 4], { bytes: oneNan })
  .tensor('scratch', 'Q8_K', [256, 1])
  .bytes();

function folderWithModel(): string {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'm.gguf'), model);
  return folder;
}

const requantize = (assignment: string): string[] => ['requantize', 'm.gguf', '--tensor', assignment];
const set = (...argv: string[]): string[] => ['meta', 'set', 'm.gguf', ...argv];

/** What cannot be done, with its exit code and what the message must name. */
const IMPOSSIBLE: readonly (readonly [argv: readonly string[], exit: number, says: readonly string[]])[] = [
  [requantize('whole=q9_9'), 2, ["'q9_9'", 'expected', 'Q8_0']],
  [requantize('whole=q4_k'), 2, ['Q4_K', 'expected', 'Q8_0']],
  [requantize('whole'), 2, ["'whole'", 'expected TENSOR=TYPE']],
  [requantize('nope=q8_0'), 3, ['m.gguf', "'nope'"]],
  [requantize('odd=q8_0'), 3, ['m.gguf', "'odd'", '33', 'Q8_0', '32']],
  [requantize('nan=q8_0'), 3, ['m.gguf', "'nan'", 'row 2', 'weight 5', 'NaN']],
  [requantize('scratch=q8_0'), 3, ['m.gguf', "'scratch'", 'Q8_K']],
  [set('general.architecture', '--as', 'uint128'), 2, ["'uint128'", 'expected', 'uint8']],
  [set('llama.block_count', '4294967296'), 2, ['m.gguf', 'llama.block_count', '4294967296', 'uint32']],
  [set('llama.block_count', '1.5'), 2, ['m.gguf', 'llama.block_count', "'1.5'", 'uint32']],
  [set('nope', '3'), 2, ['m.gguf', "'nope'", '--as']],
  [['meta', 'get', 'm.gguf', 'nope'], 3, ['m.gguf', "'nope'"]],
  [['meta', 'unset', 'm.gguf', 'nope'], 3, ['m.gguf', "'nope'"]],
  [['fix', 'm.gguf', '--only', 'no/such'], 2, ["'no/such'"]],
  [['fix', 'm.gguf', '--type', 'whole=q8_0'], 2, ['whole', 'ggufix requantize']],
  [['fix', 'm.gguf', '-o', 'm.gguf', '--force'], 2, ['m.gguf', '-o', 'the input itself']],
  [['fix', 'm.gguf', '-o', 'no/where.gguf'], 3, ['no/where.gguf', 'folder does not exist']],
  [['fix', 'm.gguf', '-o', 'x.gguf', '--strategy', 'patch'], 2, ['--strategy patch', '-o']],
  [['fix', 'm.gguf', '--threads', '-1'], 2, ['--threads', '"-1"', 'from 0 to']],
];

test.each(IMPOSSIBLE)('%s', async (argv, exit, says) => {
  const folder = folderWithModel();
  const inFolder = argv.map((arg) => (arg === 'm.gguf' ? path.join(folder, arg) : arg));
  const line = refusalLine(await attemptHere(folder, inFolder), exit);
  for (const part of says) expect(line).toContain(part);
});

test.each([
  { argv: ['fix', 'm.gguf', '--fast'], says: "unknown option '--fast'" },
  { argv: ['fixx', 'm.gguf'], says: "unknown command 'fixx'" },
  { argv: ['fix', 'm.gguf', '--strategy', 'magic'], says: "'magic' is invalid" },
])('$argv is a usage error of the real program', ({ argv, says }) => {
  const { exit, err } = attempt(folderWithModel(), argv);
  expect(exit).toBe(2);
  expect(err).toContain(says);
});
