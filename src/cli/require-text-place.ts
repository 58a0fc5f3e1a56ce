import { placeOfText } from '../edit/place-of-text.js';
import { refuseInputs } from './refuse-inputs.js';

/**
 * Asked before the work that ends in a report: rejects with `not-writable` where the report could not be written to
 * `out`, or would take the place of one of its `inputs` or of any model. What else is there is replaced.
 */
export async function requireTextPlace(out: string, inputs: readonly string[]): Promise<void> {
  await refuseInputs(out, inputs);
  await placeOfText(out);
}
