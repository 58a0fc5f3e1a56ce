import { unreachable } from '../errors.js';
import { convertRange } from './convert.js';
import { copyRange } from './copy.js';
import { loadConverter } from './kernels/load.js';
import type { RangeResult, Task } from './protocol.js';

/** Does a task in this thread, blocking it. Used by workers, and without them. */
export function runTask(task: Task): RangeResult {
  switch (task.kind) {
    case 'convert':
      return convertRange(task, loadConverter());
    case 'copy':
      return copyRange(task, loadConverter().input);
    default:
      return unreachable(task);
  }
}
