import type { TypedValue } from '../gguf/encode-value.js';
import type { TensorTypeName } from '../gguf/tensor-types.js';
import type { ItemTypeName } from '../gguf/value-types.js';
import type { FileIdentity } from '../sources/file.js';

/** Where the weights of a retyped tensor come from, if not from the file itself. */
export interface TensorOrigin {
  /** Local path of the file that holds the tensor. */
  readonly path: string;
  /** Byte offset of the tensor's data in that file. */
  readonly offset: number;
  readonly type: TensorTypeName;
  /** That file as it was when it was parsed; without it nobody notices that it changed. */
  readonly identity?: FileIdentity;
}

/** One change of a file, as data. Every command that changes a file makes these and nothing else. */
export type Edit =
  /** Gives a key this value and type: in place where the key exists, else after the last key. */
  | { readonly op: 'set-metadata'; readonly key: string; readonly value: TypedValue }
  /** Writes the key's present value (for an array, its elements) as another type, exactly or not at all. */
  | { readonly op: 'retype-metadata'; readonly key: string; readonly to: ItemTypeName }
  | { readonly op: 'remove-metadata'; readonly key: string }
  | { readonly op: 'rename-metadata'; readonly key: string; readonly to: string }
  /** Writes the tensor's weights as another type. */
  | {
      readonly op: 'retype-tensor';
      readonly name: string;
      readonly to: TensorTypeName;
      readonly origin?: TensorOrigin;
    }
  /** Writes the tensors one behind the other, as every rewrite does: the same bytes, at other places. */
  | { readonly op: 'repack' };

/** One line that says what an edit does. */
export function describeEdit(edit: Edit): string {
  switch (edit.op) {
    case 'set-metadata':
      return `set ${edit.key} (${edit.value.type})`;
    case 'retype-metadata':
      return `write ${edit.key} as ${edit.to}`;
    case 'remove-metadata':
      return `remove ${edit.key}`;
    case 'rename-metadata':
      return `rename ${edit.key} to ${edit.to}`;
    case 'retype-tensor':
      return `convert tensor ${edit.name} to ${edit.to}`;
    case 'repack':
      return 'write the tensors one behind the other';
  }
}
