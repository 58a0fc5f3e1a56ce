import { stat } from 'node:fs/promises';
import { requireNewFile } from '../edit/target.js';
import { refuseInputs } from './refuse-inputs.js';

/**
 * Rejects with `not-writable` where a text that is made of `inputs` would take the place of one of them or, unless it is
 * forced, of any other file. Pipes and devices such as `/dev/stdout` have no place to be taken.
 */
export async function requireNewText(out: string, inputs: readonly string[], isForced: boolean): Promise<void> {
  const stats = await stat(out).catch(() => undefined);
  if (stats !== undefined && !stats.isFile() && !stats.isDirectory()) return;
  await refuseInputs(out, inputs);
  await requireNewFile(out, isForced);
}
