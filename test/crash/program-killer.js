// Loaded before the program (`node --import`): kills its process, without a word, before the n-th operation on files that its
// main thread does once the work has begun, half of a write done. Without a number it counts them, and leaves the count in a
// file.
//
// GGUFIX_WORK: part of the name of the file whose use begins the work; absent, that of a batch's state folder.
// GGUFIX_DIE_AT: which operation. GGUFIX_DIE_IN: name of the operations that count, all where absent.
// GGUFIX_COUNT_TO: the file for the count.
import fs from 'node:fs';
import { killBefore } from './kill-before.js';

const last = Number(process.env.GGUFIX_DIE_AT ?? 0);
const only = process.env.GGUFIX_DIE_IN;
const work = process.env.GGUFIX_WORK ?? '.ggufix-batch';
const countTo = process.env.GGUFIX_COUNT_TO;
let calls = 0;
let hasBegun = false;

await killBefore((name, args) => {
  if (!isWork(args) || (only !== undefined && only !== name)) return false;
  calls += 1;
  return calls === last;
});

if (countTo !== undefined) process.on('exit', () => fs.writeFileSync(countTo, String(calls)));

/** Operations of the run itself: loading the program and reading the manifest are nothing that a kill could spoil. */
function isWork(args) {
  hasBegun ||= args.some((arg) => typeof arg === 'string' && arg.includes(work));
  return hasBegun;
}
