// The process that is killed. Runs the built program's edit layer, says when it is about to begin, and waits for a word.
//
// It prints `loaded`, reads a line with its orders (JSON, see `Orders` in scenes.ts), opens and plans, prints `ready`,
// reads `go`, works, prints `done` and the number of file operations. With `dieAt` it kills itself before its n-th call of a file operation; if that writes, half of it is written first.
import { createInterface } from 'node:readline';
import { killBefore } from './kill-before.js';

let isArmed = false;
let calls = 0;

const edit = new URL('../../dist/edit/', import.meta.url);
const { planChange, applyChange } = await import(new URL('change-file.js', edit));
const { recoverFile, undoLastWrite } = await import(new URL('recover.js', edit));
const { readHeader } = await import(new URL('../gguf/parse.js', edit));
const { planSplit } = await import(new URL('split/plan-split.js', edit));
const { splitFile } = await import(new URL('split/split-file.js', edit));
const { openFile } = await import(new URL('../sources/file.js', edit));
const { createPool } = await import(new URL('../tensors/pool.js', edit));

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
say('loaded');
const orders = JSON.parse((await lines.next()).value);
const work = await prepare(orders);
await killBefore(() => {
  if (!isArmed) return false;
  calls += 1;
  return calls === orders.dieAt;
});
say('ready');
await lines.next();
isArmed = true;
await work();
isArmed = false;
say(`done ${calls}`);
process.exit(0);

/** All that comes before the first write; resolves to the rest. */
async function prepare({ action, file, edits, strategy, keepUndo, threads, out, force }) {
  // Loaded when a journal or a lock is read, which would take longer than all the rest.
  if (action !== 'change')
    for (const lazy of ['journal-schema.js', 'lock-holder.js']) await import(new URL(lazy, edit));
  if (action === 'undo') return () => undoLastWrite(file);
  if (action === 'recover') return () => recoverFile(file);
  const options = { force: false, strategy, keepUndo };
  const source = await openFile(file);
  const openPool = async () => createPool({ threads });
  if (action === 'split') {
    const plan = planSplit(await readHeader(source), { maxTensors: 1 });
    return () => splitFile(source, out, { plan, force }, { openPool });
  }
  const planned = planChange(await readHeader(source), edits, options);
  return () => applyChange(source, planned, options, { openPool });
}

function say(word) {
  process.stdout.write(`${word}\n`);
}
