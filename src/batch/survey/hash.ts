import { createHash } from 'node:crypto';

/** SHA-256, in hex, of values that JSON tells apart. Keys of objects count in the order in which they stand. */
export function hashOf(...values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
