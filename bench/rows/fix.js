import { closeSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs';
import { makeFloatKeyModel } from '../files.js';
import { GGUFIX } from '../ggufix.js';
import { race } from '../measure.js';
import { compareBytes, compareTime, size, skippedRow } from '../row.js';

const ROUNDS = 7;

/** The largest ratio of our time to that of `inspect`. */
const TIME_TARGET = 1.2;
const WRITE_BUDGET = 64 * 1024;

/** @type {import('../run.js').Group} */
export const FIX = {
  title: 'Fix: the type of one key in a file of 4 GB',
  async run({ wants, folder, rounds = ROUNDS, say }) {
    if (!wants('fix metadata')) return [];
    const { file, header } = makeFloatKeyModel(folder);
    const work = `fix metadata, ${size(statSync(file).size)}`;
    say(work);
    const results = await race(
      [
        { name: 'fix', command: [...GGUFIX, 'fix', '--json', file], prepare: () => breakAgain(file, header) },
        { name: 'inspect', command: [...GGUFIX, 'inspect', '--json', file], prepare: () => breakAgain(file, header) },
      ],
      rounds,
    );
    return [toRow(work, results)];
  },
};

/** Puts the header with the defect back and waits for the disk. */
function breakAgain(path, header) {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, header, 0, header.length, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * @param {string} work
 * @param {Record<string, import('../measure.js').Result>} results
 * @returns {import('../row.js').Row}
 */
function toRow(work, { fix, inspect }) {
  const failure = fix.failure ?? inspect.failure;
  if (failure !== undefined) return skippedRow(work, failure);
  const { strategy, bytesWritten } = JSON.parse(fix.stdout).files[0];
  const comparisons = [
    compareTime('inspect', fix.seconds, inspect.seconds, TIME_TARGET),
    compareBytes('bytes written', fix.writtenBytes ?? bytesWritten, WRITE_BUDGET),
  ];
  const measured = fix.writtenBytes === null ? 'not measured here' : `${size(fix.writtenBytes)} by Linux's count`;
  const notes = [`strategy ${strategy}; ${size(bytesWritten)} written by its own count, ${measured}`];
  return { work, seconds: fix.seconds, peakBytes: fix.peakBytes, comparisons, notes };
}
