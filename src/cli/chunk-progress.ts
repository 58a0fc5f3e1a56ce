import type { ChunkProgress } from '../quantizer/evaluate/base-progress.js';
import type { SharedFlags } from './flags.js';
import { type Progress, startProgress } from './progress.js';
import type { Terminal } from './terminal.js';

/** Shows work whose size is known only after it has begun. */
export interface LateProgress {
  update(progress: ChunkProgress): void;
  /** Removes the bar, if one ever came. Belongs in a `finally`. */
  end(): void;
}

/** Progress over the chunks of a text, shown from the first report on: until then the model is loaded. */
export function chunkProgress(terminal: Terminal, flags: SharedFlags, label: string): LateProgress {
  let shown: Progress | undefined;
  return {
    update({ done, total }) {
      shown ??= startProgress(terminal, flags, { label, total, unit: 'items' });
      shown.update(done);
    },
    end: () => shown?.end(),
  };
}
