import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { findJournal } from '../../src/edit/find-journal.js';
import { recoverFile, undoLastWrite } from '../../src/edit/recover.js';
import { GgufError } from '../../src/errors.js';
import { neighboursOf } from '../support/temp.js';
import type { Scene } from './scenes.js';

/**
 * Expects what a kill left to be the file before or after the work, or something that `recover` turns into one of them,
 * with nothing beside it but undo records that work. `where` tells how to repeat the run.
 */
export async function expectWhole(scene: Scene, where: string): Promise<void> {
  const { start, end, mayRemain } = scene;
  const { file } = scene.orders;
  const isWhole = (bytes: Buffer): boolean => bytes.equals(start) || bytes.equals(end);
  const left = readFileSync(file);
  const isMarked = (await findJournal(file)) !== undefined;
  expect(isWhole(left) || isMarked, `${where}: a third file, and no journal that tells`).toBe(true);
  await recoverFile(file);
  const after = readFileSync(file);
  expect(isWhole(after), `${where}: recover made it a third file`).toBe(true);
  if (!isMarked) expect(after.equals(left), `${where}: recover changed a file that was whole`).toBe(true);
  const neighbours = neighboursOf(file);
  expect([[], mayRemain(after)], where).toContainEqual(neighbours);
  expect(await recoverFile(file), where).toBe('nothing-to-do');
  if (neighbours.length === 0) return;
  // A patch over an older undo record that was rolled back has touched the file: that record is refused, not used.
  const isRefused = await undoLastWrite(file).then(
    () => false,
    (error: unknown) => isMarked && error instanceof GgufError && error.code === 'journal-unusable',
  );
  if (isRefused) return;
  const isRestored = readFileSync(file).equals(scene.undone(after));
  expect(isRestored, `${where}: the undo record restores another file`).toBe(true);
}
