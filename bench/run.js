// The benchmark: `npm run bench -- [--quick] [--only WORDS] [--rounds N] [--json]`. See docs/performance.md.

import { parseArgs } from 'node:util';
import { describeMachine, findPeers } from './machine.js';
import { renderGroup, renderMachine } from './report.js';
import { BATCH } from './rows/batch.js';
import { CHECK } from './rows/check.js';
import { FIX } from './rows/fix.js';
import { INSPECT } from './rows/inspect.js';
import { KERNELS } from './rows/kernels.js';
import { PLAN } from './rows/plan.js';
import { QUANTIZE } from './rows/quantize.js';
import { REQUANTIZE } from './rows/requantize.js';
import { inWords, weightsOf } from './sizes.js';
import { openWorkspace } from './workspace.js';

/**
 * What every group of rows gets to work with.
 * @typedef {object} Bench
 * @property {string} folder where files are made; gone after the run
 * @property {boolean} quick smaller tensors: see ./sizes.js
 * @property {number | undefined} rounds how often everything runs, instead of each group's own number
 * @property {import('./machine.js').Peers} peers
 * @property {(work: string) => boolean} wants whether a row was asked for
 * @property {(text: string) => void} say one line of progress
 */

/**
 * A group of rows that share their columns.
 * @typedef {object} Group
 * @property {string} title
 * @property {(bench: Bench) => Promise<import('./row.js').Row[]>} run
 */

const USAGE = `usage: node bench/run.js [--quick] [--only WORDS] [--rounds N] [--json]
  --quick       tensors of ${inWords(weightsOf(true))} weights instead of ${inWords(weightsOf(false))}
  --only WORDS  rows whose name has all these words, such as "requantize q4_k q8_0"
  --rounds N    runs of each program; the best one counts
  --json        one JSON document instead of tables`;

/** @type {readonly Group[]} */
const GROUPS = [INSPECT, CHECK, FIX, KERNELS, REQUANTIZE, QUANTIZE, PLAN, BATCH];

await main();

async function main() {
  const flags = readFlags();
  if (flags === undefined) return;
  const machine = describeMachine();
  const peers = findPeers();
  if (!flags.json) process.stdout.write(renderMachine(machine, peers));
  const workspace = openWorkspace();
  try {
    const groups = await runGroups({ ...flags, folder: workspace.folder, peers, say });
    if (groups.length === 0) say('no row has all these words');
    if (flags.json) printJson({ schema: 'ggufix.bench/1', machine, peers, quick: flags.quick, groups });
  } finally {
    workspace.close();
  }
}

/**
 * @param {Bench & { json: boolean }} bench
 * @returns {Promise<{ title: string, rows: import('./row.js').Row[] }[]>}
 */
async function runGroups(bench) {
  const groups = [];
  for (const { title, run } of GROUPS) {
    const rows = await run(bench);
    if (rows.length === 0) continue;
    groups.push({ title, rows });
    if (!bench.json) process.stdout.write(renderGroup(title, rows));
  }
  return groups;
}

/** @returns {{ quick: boolean, json: boolean, rounds: number | undefined, wants: Bench['wants'] } | undefined} */
function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        rounds: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return void process.stdout.write(`${USAGE}\n`);
    const wanted = wordsOf(values.only);
    const wants = (work) => wanted.every((word) => wordsOf(work).includes(word));
    return { quick: values.quick, json: values.json, rounds: readRounds(values.rounds), wants };
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

/** @param {string} text */
function wordsOf(text) {
  return text.toLowerCase().match(/\w+/g) ?? [];
}

/** @param {string | undefined} text */
function readRounds(text) {
  if (text === undefined) return undefined;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is '${text}', not a whole number from 1 up`);
  return rounds;
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`bench: ${text}\n`);
}

/** @param {unknown} document */
function printJson(document) {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
