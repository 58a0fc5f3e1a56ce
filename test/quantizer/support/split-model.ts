import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeProblem } from '../../../src/gguf/describe-problem.js';
import { tensorExtent } from '../../../src/gguf/model.js';
import { parseHeader, requireComplete } from '../../../src/gguf/parse.js';
import { shardName } from '../../../src/sources/shard-name.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { tempFolder } from '../../support/temp.js';
import { tinyLlama } from './tiny-llama.js';

/** Splits the bytes of a model into two shards in a new folder, as llama-gguf-split does, and returns their paths. */
export function splitModel(bytes: Uint8Array = tinyLlama(), prefix = 'split'): [string, string] {
  const header = requireComplete(parseHeader(bytes, bytes.byteLength), describeProblem);
  const half = Math.ceil(header.tensors.length / 2);
  const folder = tempFolder();
  const shards = [header.tensors.slice(0, half), header.tensors.slice(half)].map((tensors, index) => {
    const start: GgufBuilder =
      index === 0 ? header.metadata.reduce((file, { raw }) => file.rawEntry(raw), gguf()) : gguf();
    const keyed = start
      .metadata('split.no', { type: 'uint16', value: index })
      .metadata('split.count', { type: 'uint16', value: 2 })
      .metadata('split.tensors.count', { type: 'int32', value: header.tensors.length });
    const whole = tensors.reduce((file, tensor) => {
      const { offset, length } = tensorExtent(header, tensor) ?? { offset: 0, length: 0 };
      return file.tensor(tensor.name, tensor.typeId, tensor.dims, { bytes: bytes.subarray(offset, offset + length) });
    }, keyed);
    const shard = path.join(folder, shardName(prefix, index + 1, 2));
    writeFileSync(shard, whole.bytes());
    return shard;
  });
  return [shards[0] ?? '', shards[1] ?? ''];
}
