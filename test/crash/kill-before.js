// Kills this process, without a word, before an operation on files of its thread.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Wraps every operation on files: `isDue` gets the name and the arguments of each before it begins, and says whether it is the
 * one that is never done. If that writes, half of it is written first.
 * @param {(name: string, args: readonly unknown[]) => boolean} isDue
 */
export async function killBefore(isDue) {
  const wrap = (owner, name, half) => {
    const original = owner[name];
    owner[name] = async function (...args) {
      if (isDue(name, args)) {
        await half?.(original.bind(this), args);
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      }
      return await original.apply(this, args);
    };
  };
  const sample = await promises.open(process.execPath, 'r');
  const handle = Object.getPrototypeOf(sample);
  await sample.close();
  for (const name of ['sync', 'datasync', 'truncate', 'chmod', 'close']) wrap(handle, name);
  wrap(handle, 'write', (write, [bytes, offset, length, position]) =>
    typeof bytes === 'string'
      ? write(bytes.slice(0, bytes.length / 2), offset)
      : write(bytes, offset, Math.floor(length / 2), position),
  );
  wrap(handle, 'appendFile', (append, [text]) => append(text.slice(0, text.length / 2)));
  for (const name of ['open', 'link', 'mkdir', 'mkdtemp', 'rename', 'rm', 'stat']) wrap(promises, name);
  wrap(promises, 'writeFile', (write, [file, text, options]) => write(file, text.slice(0, text.length / 2), options));
  syncBuiltinESMExports();
}
