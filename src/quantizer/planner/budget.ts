import { badOption } from '../../errors.js';
import { alignUp } from '../../gguf/layout.js';
import { type Header, type TensorInfo, weightCount } from '../../gguf/model.js';
import { DEFAULT_ALIGNMENT } from '../../limits.js';
import { predictSize } from '../recipes/predict.js';
import type { KeyValue } from '../recipes/written-header.js';
import type { PlannedCandidates } from './gather-errors.js';
import type { Budget, PlanOptions } from './options.js';
import { type PlannedItem, planItems } from './plan-items.js';
import { extremeBytes } from './solver/solve.js';

/** What a file may have: in all, and for the tensors that get other types. */
export interface Room {
  readonly fileBytes: number;
  readonly itemBytes: number;
}

/** Throws `bad-option` where not even the smallest types of all tensors fit the budget. Reads no weight. */
export function requireRoom(
  header: Header,
  candidates: readonly PlannedCandidates[],
  { budget, keys = [], ties = [] }: Pick<PlanOptions, 'budget' | 'keys' | 'ties'>,
): void {
  roomFor(budget, header, planItems(candidates, ties, noCost), keys);
}

const noCost = (): number => 0;

/** The room that a budget leaves to tensors. Throws `bad-option` where it is less than they need at least. */
export function roomFor(
  budget: Budget,
  header: Header,
  items: readonly PlannedItem[],
  keys: readonly KeyValue[],
): Room {
  const whole = predictSize(header, { name: '', fileType: 'Q8_0', choices: [] }, { keys }); // no type changes the header
  const present = items.flatMap(({ tensors }) => tensors).reduce((sum, tensor) => sum + presentBytes(tensor), 0);
  const fixed = whole.fileBytes - present;
  const headerBytes = whole.fileBytes - whole.tensorBytes;
  const weights = Number(header.tensors.reduce((sum, tensor) => sum + weightCount(tensor), 0n));
  // Padding counts as if it were weights: the file comes out with no more bits than asked for.
  const fileBytes = 'fileBytes' in budget ? budget.fileBytes : headerBytes + Math.floor((budget.bpw * weights) / 8);
  const { smallest, largest } = extremeBytes(items);
  if (fileBytes >= fixed + smallest) return { fileBytes, itemBytes: fileBytes - fixed };
  const sizes = [fixed + smallest, fixed + largest];
  const bits = sizes.map((bytes) => (((bytes - headerBytes) * 8) / weights).toFixed(3));
  const asked = 'fileBytes' in budget ? `${budget.fileBytes} bytes` : `${budget.bpw} bits a weight`;
  throw badOption(
    `no plan has at most ${asked}: with these types and pins the file has ${sizes.join(' to ')} bytes, ${bits.join(' to ')} bits a weight`,
  );
}

function presentBytes({ bytes = 0n }: TensorInfo): number {
  return alignUp(Number(bytes), DEFAULT_ALIGNMENT);
}
