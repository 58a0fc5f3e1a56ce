import { makeVocabulary } from '../files.js';
import { GGUFIX } from '../ggufix.js';
import { race } from '../measure.js';
import { compareBytes, compareTime, size, skippedRow } from '../row.js';

const ROUNDS = 7;

const HUGGING_FACE = `
  import { gguf } from '@huggingface/gguf';
  await gguf(process.argv[1], { typedMetadata: true, allowLocalFile: true });
`;

/** The largest ratio of our time to the peer's. */
const TARGETS = { '@huggingface/gguf': 0.1, 'llama-gguf': 1 };
const PEAK_BUDGET = 120e6;

/** @type {import('../run.js').Group} */
export const INSPECT = {
  title: 'Inspect: 262,144 tokens and 514,906 merges in the header',
  async run({ wants, folder, rounds = ROUNDS, peers, say }) {
    if (!wants('inspect')) return [];
    const { file, headerBytes } = makeVocabulary(folder);
    const work = `inspect ${size(headerBytes)}`;
    say(work);
    const contenders = [
      { name: 'ggufix', command: [...GGUFIX, 'inspect', '--json', file] },
      { name: '@huggingface/gguf', command: [process.execPath, '--input-type=module', '-e', HUGGING_FACE, file] },
      { name: 'llama-gguf', command: ['llama-gguf', file, 'r', 'n'] },
    ];
    const results = await race(
      contenders.filter(({ name }) => peers[name]?.missing === undefined),
      rounds,
    );
    return [toRow(work, results, peers)];
  },
};

/**
 * @param {string} work
 * @param {Record<string, import('../measure.js').Result>} results
 * @param {import('../machine.js').Peers} peers
 * @returns {import('../row.js').Row}
 */
function toRow(work, { ggufix, ...others }, peers) {
  if (ggufix.failure !== undefined) return skippedRow(work, ggufix.failure);
  const comparisons = ggufix.peakBytes === null ? [] : [compareBytes('memory', ggufix.peakBytes, PEAK_BUDGET)];
  const notes = ggufix.peakBytes === null ? ['peak memory needs GNU time'] : [];
  for (const [name, target] of Object.entries(TARGETS)) {
    const why = peers[name].missing ?? others[name].failure;
    if (why !== undefined) {
      notes.push(why);
      continue;
    }
    comparisons.push(compareTime(name, ggufix.seconds, others[name].seconds, target));
    if (others[name].peakBytes !== null) notes.push(`${name} needs ${size(others[name].peakBytes)} of memory`);
  }
  return { work, seconds: ggufix.seconds, peakBytes: ggufix.peakBytes, comparisons, notes };
}
