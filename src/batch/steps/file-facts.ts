import { fileTypeName } from '../../gguf/file-types.js';
import { findEntry } from '../../gguf/model.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { modelSizeOf } from '../../quantizer/evaluate/model-size.js';
import { openModel } from '../../quantizer/quantize/open-model.js';
import type { StepResult } from '../journal/record.js';

/** What results say of a model that was not quantized but changed: its bytes, bits a weight and file type, by its headers. */
export async function fileFacts(file: string): Promise<Pick<StepResult, 'bytes' | 'bpw' | 'type'>> {
  await using model = await openModel(file);
  const { bytes, bitsPerWeight } = modelSizeOf(model);
  const entry = findEntry(model.header, 'general.file_type');
  const type = entry !== undefined && isIntegerType(entry.type) ? fileTypeName(Number(scalarValue(entry))) : undefined;
  return {
    bytes,
    ...(bitsPerWeight === undefined ? {} : { bpw: bitsPerWeight }),
    ...(type === undefined ? {} : { type }),
  };
}
