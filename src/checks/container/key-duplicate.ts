import { describeProblem } from '../../gguf/describe-problem.js';
import type { Header, MetadataEntry } from '../../gguf/model.js';
import { printable } from '../../gguf/printable.js';
import type { Problem } from '../../gguf/problems.js';
import { defineRule, type Fix, type Found } from '../check.js';
import { problemsOf } from '../problem-rule.js';
import { GGML_READERS } from '../readers.js';

/** The first repetition of a key. */
interface Repeated {
  readonly problem: Problem<'key-duplicate'>;
  /** How many entries have this key. */
  readonly copies: number;
  /** Whether all of them are equal byte for byte. */
  readonly isSame: boolean;
}

/** A key that stands in the file more than once: one finding for each key, however many copies there are. */
export const keyDuplicate = defineRule<Repeated>({
  id: 'container/key-duplicate',
  severity: 'error',
  needs: 'header',
  affects: GGML_READERS,
  docs: {
    summary: 'No key stands in the file twice.',
    why: 'ggml refuses the file. Readers that accept it take the first or the last value, so the same file means different things to them.',
    example: 'A script appended `tokenizer.ggml.eos_token_id` instead of changing the entry that was there.',
    remedy: 'Where the values differ, decide which one holds and convert the model again.',
    fix: 'Safe where all entries of the key are equal byte for byte: all but the last are removed. None where they differ: which one is meant is unknown.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml-org/llama.cpp#4062'],
  },
  find: ({ header }) => repetitions(header),
  describe: ({ problem }) => describeProblem(problem),
  fix: ({ problem, copies, isSame }) => (isSame ? removeCopies(problem.data.key, copies) : undefined),
});

function* repetitions({ problems, metadata }: Header): Generator<Found<Repeated>> {
  const firstProblems = new Map<string, Problem<'key-duplicate'>>();
  for (const problem of problemsOf(problems, ['key-duplicate'])) {
    if (!firstProblems.has(problem.data.key)) firstProblems.set(problem.data.key, problem);
  }
  const copies = groupByKey(metadata.filter(({ key }) => firstProblems.has(key)));
  for (const [key, problem] of firstProblems) {
    const entries = copies.get(key) ?? [];
    yield { place: problem.place, data: { problem, copies: entries.length, isSame: areSame(entries) } };
  }
}

function groupByKey(entries: readonly MetadataEntry[]): Map<string, MetadataEntry[]> {
  const groups = new Map<string, MetadataEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.key);
    if (group === undefined) groups.set(entry.key, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** Keys that are no UTF-8 may look equal and differ, so the keys' bytes are compared as well. */
function areSame(entries: readonly MetadataEntry[]): boolean {
  return entries.every(({ raw }) => Buffer.compare(raw, entries[0]!.raw) === 0);
}

/** `remove-metadata` takes the first entry of a key. */
function removeCopies(key: string, copies: number): Fix {
  const edits = Array.from({ length: copies - 1 }, () => ({ op: 'remove-metadata', key }) as const);
  return { safety: 'safe', title: `Remove the equal copies of ${printable(key)}`, edits };
}
