import { MAX_DIMENSIONS, MAX_KEY_COUNT, MAX_TENSOR_COUNT, MAX_TENSOR_NAME_BYTES } from '../limits.js';
import { excerpt, quoted } from './printable.js';
import type { Place, Problem, ProblemCode, ProblemData } from './problems.js';
import { TENSOR_TYPE_COUNT } from './tensor-types.js';

/** What is wrong, in one sentence: lower case, no full stop, with place, found and expected. Safe to print. */
export function describeProblem({ code, data, place }: Problem): string {
  // A problem's code and data belong together, which TypeScript cannot see through the table.
  const words = WORDS[code] as (data: ProblemData[ProblemCode], place: Place) => string;
  return words(data, place);
}

type Words = { readonly [C in ProblemCode]: (data: ProblemData[C], place: Place) => string };

const WORDS: Words = {
  magic: ({ found, looksLike }) =>
    looksLike === undefined
      ? `not a GGUF file: starts with ${quoted(found)}, expected 'GGUF'`
      : `not a GGUF file but ${looksLike}${found === '' ? '' : `: starts with ${quoted(found)}, expected 'GGUF'`}`,
  'header-truncated': ({ what, need, have }, at) =>
    `the file ends in ${excerpt(what)}: needs ${bytes(need)} ${where(at)}, has ${have}`,
  version: ({ version }, at) =>
    version === 1
      ? `GGUF version 1 ${where(at)}, which current readers no longer accept, expected 2 or 3`
      : `unknown GGUF version ${version} ${where(at)}, expected 2 or 3`,
  'big-endian': ({ version }) =>
    `a big-endian GGUF file (version ${version}): every number is byte-swapped, expected little-endian`,
  'tensor-count': ({ count }, at) => `tensor count ${where(at)} is ${count}, expected 0 to ${MAX_TENSOR_COUNT}`,
  'key-count': ({ count }, at) => `key count ${where(at)} is ${count}, expected 0 to ${MAX_KEY_COUNT}`,
  'length-limit': ({ what, length, limit }, at) =>
    `${excerpt(what)} ${where(at)} is ${length}, expected at most ${limit}`,
  'header-too-large': ({ what, need, limit }, at) => {
    const read = `(read up to offset ${at.offset})`;
    if (what === 'bytes') {
      return `the header needs at least ${bytes(need)} ${read}, more than the ${bytes(limit)} that ggufix reads`;
    }
    if (what.startsWith('length')) return `the ${what} is ${need} ${read}, ggufix reads at most ${limit}`;
    return `the header has ${need} ${what} ${read}, ggufix reads at most ${limit}`;
  },
  'key-empty': ({ index }, at) => `key ${index} ${where(at)} has an empty name`,
  'key-duplicate': ({ key, firstOffset }, at) =>
    `key ${quoted(key)} ${where(at)} is there already at offset ${firstOffset}, expected once`,
  'value-type': ({ key, typeId }, at) => `key ${quoted(key)} has value type ${typeId} ${where(at)}, expected 0 to 12`,
  'element-type': ({ key, typeId }, at) =>
    `array ${quoted(key)} has element type ${typeId} ${where(at)}, expected 0 to 8 or 10 to 12`,
  'nested-array': ({ key }, at) => `array ${quoted(key)} ${where(at)} holds arrays, expected plain values`,
  'alignment-type': ({ type }, at) => `general.alignment ${where(at)} is of type ${type}, expected uint32`,
  'alignment-value': ({ value }, at) => `general.alignment ${where(at)} is ${value}, expected a power of two`,
  'tensor-name-length': ({ name, length }, at) =>
    `name of tensor ${quoted(name)} ${where(at)} has ${bytes(length)}, expected less than ${MAX_TENSOR_NAME_BYTES}`,
  'tensor-name-duplicate': ({ name }, at) => `tensor ${quoted(name)} ${where(at)} is there twice, expected once`,
  'dimension-count': ({ name, count }, at) =>
    `tensor ${quoted(name)} ${where(at)} has ${count} dimensions, expected at most ${MAX_DIMENSIONS}`,
  'dimension-negative': ({ name, index, value }, at) =>
    `dimension ${index} of tensor ${quoted(name)} ${where(at)} is ${value}, expected 0 or more`,
  'element-count': ({ name, dims }, at) =>
    `tensor ${quoted(name)} ${where(at)} has ${dims.join(' × ')} weights, expected less than 2^63`,
  'tensor-type': ({ name, typeId, removed, instead }, at) =>
    removed === undefined
      ? `tensor ${quoted(name)} ${where(at)} has type id ${typeId}, expected 0 to ${TENSOR_TYPE_COUNT - 1}`
      : `tensor ${quoted(name)} ${where(at)} has type ${removed}, which ggml no longer reads, expected ${instead}`,
  'row-size': ({ name, type, row, block }, at) =>
    `rows of tensor ${quoted(name)} ${where(at)} have ${row} weights, expected a multiple of ${block} for type ${type}`,
  'tensor-bytes': ({ name, bytes: total }, at) =>
    `tensor ${quoted(name)} ${where(at)} ends ${total} bytes into the data, expected less than 2^64`,
  'data-start': ({ dataOffset, fileSize }) =>
    `tensor data starts at offset ${dataOffset}, past the end of the file at ${fileSize}`,
  'tensor-offset': ({ name, found, expected, kind }, at) =>
    `tensor ${quoted(name)} ${where(at)} starts at ${found} in the tensor data, expected ${expected}: ${KINDS[kind]}`,
  'data-truncated': ({ name, missing, fileSize }, at) =>
    `tensor ${quoted(name)} ${where(at)} goes ${bytes(missing)} past the end of the file at ${fileSize}`,
  'final-padding': ({ missing }, at) =>
    `${bytes(missing)} of padding missing at the end of the file, offset ${at.offset}`,
};

const KINDS = { gap: 'a gap', overlap: 'it overlaps the tensor before it' } as const;

function where({ offset }: Place): string {
  return `at offset ${offset}`;
}

/** Counts beyond 2^53 come as text. */
function bytes(count: number | string): string {
  return `${count}` === '1' ? '1 byte' : `${count} bytes`;
}
