// The process that is killed. Runs the built program's edit layer, says when it is about to begin, and waits for a word.
//
// It prints `loaded`, reads a line with its orders (JSON, see `Orders` in scenes.ts), opens and plans, prints `ready`,
// reads `go`, works, prints `done` and the number of file operations. With `dieAt` it kills itself before its n-th call of a file operation; if that writes, half of it is written first.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { createInterface } from 'node:readline';

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
await dieBeforeCall(orders.dieAt);
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

/** Wraps every operation on files of this thread, so that the n-th one after `go` is the last thing that happens. */
async function dieBeforeCall(last) {
  const wrap = (owner, name, half) => {
    const original = owner[name];
    owner[name] = async function (...args) {
      if (isArmed) {
        calls += 1;
        if (calls === last) {
          await half?.(original.bind(this), args);
          process.kill(process.pid, 'SIGKILL');
          await new Promise(() => {});
        }
      }
      return await original.apply(this, args);
    };
  };
  const sample = await fs.open(process.execPath, 'r');
  const handle = Object.getPrototypeOf(sample);
  await sample.close();
  for (const name of ['sync', 'truncate', 'chmod', 'close']) wrap(handle, name);
  wrap(handle, 'write', (write, [bytes, offset, length, position]) =>
    write(bytes, offset, Math.floor(length / 2), position),
  );
  for (const name of ['open', 'link', 'mkdtemp', 'rename', 'rm']) wrap(fs, name);
  wrap(fs, 'writeFile', (writeFile, [path, text]) => writeFile(path, text.slice(0, text.length / 2)));
  syncBuiltinESMExports();
}

function say(word) {
  process.stdout.write(`${word}\n`);
}
