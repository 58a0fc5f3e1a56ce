import { entryPlace, type Header } from '../../gguf/model.js';
import type { TemplateRun } from '../../templates/template-runs.js';
import type { Found } from '../check.js';
import type { Evidence } from '../evidence.js';
import { entryOf } from '../facts/keys.js';

/** One finding for each tried template that `judge` has something to say about. */
export function fromRuns<D>(
  header: Header,
  { template: runs = [] }: Evidence,
  judge: (run: TemplateRun) => D | undefined,
): Found<D>[] {
  return runs.flatMap((run) => {
    const entry = entryOf(header, run.key);
    const data = judge(run);
    return entry === undefined || data === undefined ? [] : [{ place: entryPlace(entry), data }];
  });
}
