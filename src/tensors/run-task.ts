import { unreachable } from '../errors.js';
import type { RangeResult, ResultOf, Task } from './protocol.js';
import type { PieceScan } from './scan/scanner.js';

/**
 * Does a task in this thread, blocking it. Used by workers, and without them. What a kind of task needs is loaded with
 * the first one: the kernels that convert are 40 modules, which a scan does without.
 */
export function runTask<T extends Task>(task: T): Promise<ResultOf<T>>;
export async function runTask(task: Task): Promise<RangeResult | PieceScan> {
  switch (task.kind) {
    case 'convert': {
      const { convertRange } = await import('./convert.js');
      const { loadConverter } = await import('./kernels/load.js');
      return convertRange(task, loadConverter());
    }
    case 'copy': {
      const { copyRange } = await import('./copy.js');
      return copyRange(task);
    }
    case 'scan': {
      const { scanRange } = await import('./scan/scan-range.js');
      const { loadScanner } = await import('./scan/load-scanner.js');
      return scanRange(task, await loadScanner());
    }
    default:
      return unreachable(task);
  }
}
