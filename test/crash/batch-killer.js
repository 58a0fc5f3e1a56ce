// Loaded before the program (`node --import`): kills its process, without a word, before the n-th operation on files that its
// main thread does once the state folder of a batch is there, half of a write done. Without a number it counts them, and
// leaves the count in a file.
//
// GGUFIX_DIE_AT: which operation. GGUFIX_DIE_IN: name of the operations that count, all where absent.
// GGUFIX_COUNT_TO: the file for the count.
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const last = Number(process.env.GGUFIX_DIE_AT ?? 0);
const only = process.env.GGUFIX_DIE_IN;
const countTo = process.env.GGUFIX_COUNT_TO;
let calls = 0;
let hasBegun = false;

const sample = await promises.open(process.execPath, 'r');
const handle = Object.getPrototypeOf(sample);
await sample.close();
for (const name of ['sync', 'datasync', 'truncate', 'close']) wrap(handle, name);
wrap(handle, 'write', (write, [bytes, offset, length, position]) =>
  typeof bytes === 'string'
    ? write(bytes.slice(0, bytes.length / 2), offset)
    : write(bytes, offset, Math.floor(length / 2), position),
);
wrap(handle, 'appendFile', (append, [text]) => append(text.slice(0, text.length / 2)));
for (const name of ['open', 'link', 'mkdir', 'rename', 'rm', 'stat']) wrap(promises, name);
wrap(promises, 'writeFile', (write, [file, text, options]) => write(file, text.slice(0, text.length / 2), options));
syncBuiltinESMExports();

if (countTo !== undefined) process.on('exit', () => fs.writeFileSync(countTo, String(calls)));

/** Operations of the run itself: loading the program and reading the manifest are nothing that a kill could spoil. */
function isWork(args) {
  hasBegun ||= args.some((arg) => typeof arg === 'string' && arg.includes('.ggufix-batch'));
  return hasBegun;
}

function wrap(owner, name, half) {
  const original = owner[name];
  owner[name] = async function (...args) {
    if (isWork(args) && (only === undefined || only === name)) {
      calls += 1;
      if (calls === last) {
        await half?.(original.bind(this), args);
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      }
    }
    return await original.apply(this, args);
  };
}
