import type { Finding, Rule } from '../../../src/checks/check.js';
import { runChecks } from '../../../src/checks/run.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { openFile } from '../../../src/sources/file.js';
import { createPool } from '../../../src/tensors/pool.js';
import { scanTensors } from '../../../src/tensors/scan/scan-tensors.js';
import { tempFile } from '../../support/temp.js';

/** What rules find in a file whose data was scanned. */
export async function checkFile(rules: readonly Rule[], file: string): Promise<Finding[]> {
  await using source = await openFile(file);
  await using pool = createPool({ threads: 1 });
  const header = await readHeader(source);
  const data = await scanTensors(source, header, { pool });
  return runChecks(header, { rules, evidence: { data } });
}

/** What one rule finds in these bytes. */
export function findingsWithData(rule: Rule, bytes: Uint8Array): Promise<Finding[]> {
  return checkFile([rule], tempFile(bytes));
}

/** The bytes of F32 weights. */
export function floats(...weights: readonly number[]): Uint8Array {
  return new Uint8Array(new Float32Array(weights).buffer);
}
