import type { FixChoices } from '../checks/check.js';
import { quantizationVersion, tensorOrigin } from '../checks/requantize-embedding.js';
import type { Edit } from '../edit/edits.js';
import { GgufError } from '../errors.js';
import type { Header, TensorInfo } from '../gguf/model.js';
import { nameFilter } from '../gguf/name-filter.js';
import { type TensorTypeName, tensorTypeLabel } from '../gguf/tensor-types.js';

/** Tensors by name or pattern, and the type that they shall have. The last one that matches a tensor decides. */
export interface WantedTypes {
  /** A tensor name; `*` stands for any characters, `?` for one. */
  readonly pattern: string;
  readonly type: TensorTypeName;
}

/** What a requantization will do. */
export interface Requantization {
  readonly edits: readonly Edit[];
  /** One line for each tensor. */
  readonly titles: readonly string[];
}

/**
 * The edits that give tensors new types. Tensors that have their type already, and no donor to come from, are left
 * alone. Throws `not-found` for a pattern that matches nothing. Pure.
 */
export function planRequantization(
  header: Header,
  wanted: readonly WantedTypes[],
  donor?: FixChoices['from'],
): Requantization {
  const patterns = wanted.map(({ pattern, type }) => ({ pattern, type, matches: nameFilter([pattern]) }));
  for (const { pattern, matches } of patterns) {
    if (header.tensors.some(({ name }) => matches(name))) continue;
    throw new GgufError('not-found', `no tensor matches '${pattern}'`, { kind: 'tensor', name: pattern });
  }
  const changes = header.tensors.flatMap((tensor) => {
    const to = patterns.findLast(({ matches }) => matches(tensor.name))?.type;
    return to === undefined || (to === tensor.type && donor === undefined) ? [] : [{ tensor, to }];
  });
  const retypes = changes.map(({ tensor, to }) => retype(tensor, to, donor));
  const versions = changes.flatMap(({ to }) => quantizationVersion(header, to)).slice(0, 1);
  const titles = changes.map(({ tensor, to }) => titleOf(tensor, to, donor?.path));
  return { edits: [...retypes, ...versions], titles };
}

function retype(tensor: TensorInfo, to: TensorTypeName, donor: FixChoices['from']): Edit {
  const edit = { op: 'retype-tensor', name: tensor.name, to } as const;
  if (donor === undefined || tensor.type === undefined) return edit;
  return { ...edit, origin: tensorOrigin(tensor, tensor.type, donor) };
}

function titleOf({ name, typeId }: TensorInfo, to: TensorTypeName, from: string | undefined): string {
  const source = from === undefined ? '' : `, with the weights of ${from}`;
  return `Write ${name} as ${to} instead of ${tensorTypeLabel(typeId)}${source}`;
}
