import { unreachable } from '../errors.js';
import { convertRange } from './convert.js';
import { copyRange } from './copy.js';
import { loadConverter } from './kernels/load.js';
import type { RangeResult, ResultOf, Task } from './protocol.js';
import { loadScanner } from './scan/load-scanner.js';
import { scanRange } from './scan/scan-range.js';
import type { PieceScan } from './scan/scanner.js';

/** Does a task in this thread, blocking it. Used by workers, and without them. */
export function runTask<T extends Task>(task: T): ResultOf<T>;
export function runTask(task: Task): RangeResult | PieceScan {
  switch (task.kind) {
    case 'convert':
      return convertRange(task, loadConverter());
    case 'copy':
      return copyRange(task, loadConverter().input);
    case 'scan':
      return scanRange(task, loadScanner());
    default:
      return unreachable(task);
  }
}
