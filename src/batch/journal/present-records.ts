import { stat } from 'node:fs/promises';
import { hashFiles } from '../../sources/hash-files.js';
import { type Layout, recordedFile } from '../layout.js';
import type { DoneRecord, Records } from './records.js';

/** SHA-256 of files that were read, by place, size and time of the last change. */
export type KnownHashes = Map<string, string>;

/**
 * Records without those of steps whose files are gone: they have to be done again, if somebody needs them. `hashes` keeps what
 * was read, so that nothing is read twice. Files of other steps than those of `keys`, if it is given, are not looked at.
 */
export async function presentRecords(
  { done, failed }: Records,
  layout: Layout,
  hashes: KnownHashes = new Map(),
  keys?: ReadonlySet<string>,
): Promise<Records> {
  const present = new Map(done);
  const kept = [...done].filter(([, { step }]) => step === 'imatrix' || step === 'scores' || step === 'publish');
  const claims = countClaims(kept.map(([, record]) => record));
  for (const [key, record] of kept) {
    if (keys?.has(key) === false) continue;
    if (!(await areThere(record, { claims, layout, hashes }))) present.delete(key);
  }
  return { done: present, failed };
}

/** Of how many records a place has the file: a manifest that changes makes one name stand for one file after the other. */
function countClaims(records: readonly DoneRecord[]): ReadonlyMap<string, number> {
  const claims = new Map<string, number>();
  for (const { result } of records) {
    for (const { path } of result.files ?? []) claims.set(path, (claims.get(path) ?? 0) + 1);
  }
  return claims;
}

interface Known {
  readonly claims: ReadonlyMap<string, number>;
  readonly layout: Layout;
  readonly hashes: KnownHashes;
}

async function areThere({ result }: DoneRecord, { claims, layout, hashes }: Known): Promise<boolean> {
  for (const { path, bytes, sha256 } of result.files ?? []) {
    const file = recordedFile(layout, path);
    const found = await stat(file).catch(() => undefined);
    if (found?.size !== bytes) return false;
    // Two files that took turns at one place may be of one size.
    if (sha256 === undefined || (claims.get(path) ?? 0) < 2) continue;
    const id = `${path}\0${bytes}\0${found.mtimeMs}`;
    const hash = hashes.get(id) ?? (await hashFiles([file]));
    hashes.set(id, hash);
    if (hash !== sha256) return false;
  }
  return true;
}
