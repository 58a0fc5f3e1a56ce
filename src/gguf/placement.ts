import { SIZE_MAX } from '../limits.js';
import { alignUpBig } from './layout.js';
import { type Header, type TensorInfo, tensorPlace } from './model.js';
import type { Place, ProblemCode, ProblemData } from './problems.js';

type Report = <C extends ProblemCode>(code: C, data: ProblemData[C], place: Place) => void;

/**
 * Checks that the data section starts in the file, that each tensor starts exactly where the one before it ends
 * (ggml accepts nothing else), and that all of their bytes are there.
 */
export function checkPlacement(header: Omit<Header, 'problems'>, report: Report): void {
  const { tensors, dataOffset, fileSize, infoEnd } = header;
  if (dataOffset > fileSize) {
    const place: Place = { kind: 'file', offset: infoEnd, length: fileSize - infoEnd };
    report('data-start', { dataOffset: `${dataOffset}`, fileSize }, place);
    return;
  }
  const alignment = BigInt(header.alignment);
  let expected: bigint | undefined = 0n;
  for (const tensor of tensors) {
    checkOffset(tensor, expected, report);
    expected = endOf(tensor, alignment);
    if (expected !== undefined && expected > SIZE_MAX) {
      // A tensor that is too large by itself was reported when its info was read.
      if ((tensor.bytes ?? 0n) <= SIZE_MAX) {
        report('tensor-bytes', { name: tensor.name, bytes: `${expected}` }, tensorPlace(tensor));
      }
      return;
    }
    checkInside(tensor, header, report);
  }
  checkFinalPadding(header, expected, report);
}

/** Compares with where the tensor must start; unknown after a tensor whose size is unknown. */
function checkOffset(tensor: TensorInfo, expected: bigint | undefined, report: Report): void {
  const { name, dataOffset: found } = tensor;
  if (expected === undefined || found === expected) return;
  const kind = found > expected ? 'gap' : 'overlap';
  report('tensor-offset', { name, found: `${found}`, expected: `${expected}`, kind }, tensorPlace(tensor));
}

/** Where the next tensor must start. Counts from where this one says it starts, so that one slip is reported once. */
function endOf({ dataOffset, bytes }: TensorInfo, alignment: bigint): bigint | undefined {
  return bytes === undefined ? undefined : dataOffset + alignUpBig(bytes, alignment);
}

function checkInside(tensor: TensorInfo, { dataOffset, fileSize }: Omit<Header, 'problems'>, report: Report): void {
  if (tensor.bytes === undefined) return;
  const missing = BigInt(dataOffset) + tensor.dataOffset + tensor.bytes - BigInt(fileSize);
  if (missing <= 0n) return;
  report('data-truncated', { name: tensor.name, missing: `${missing}`, fileSize }, tensorPlace(tensor));
}

function checkFinalPadding(
  { tensors, dataOffset, fileSize }: Omit<Header, 'problems'>,
  end: bigint | undefined,
  report: Report,
): void {
  const last = tensors.at(-1);
  if (end === undefined || last?.bytes === undefined) return;
  const missing = BigInt(dataOffset) + end - BigInt(fileSize);
  const isDataThere = BigInt(dataOffset) + last.dataOffset + last.bytes <= BigInt(fileSize);
  if (missing <= 0n || !isDataThere) return;
  report('final-padding', { missing: Number(missing) }, { kind: 'file', offset: fileSize, length: 0 });
}
