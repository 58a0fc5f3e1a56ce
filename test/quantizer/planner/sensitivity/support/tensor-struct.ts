/** Members of a `struct ggml_tensor` of F32 without gaps, unless told otherwise. */
export interface StructOptions {
  readonly typeId?: number;
  readonly operationId?: number;
  readonly shape?: readonly number[];
  readonly sources?: readonly bigint[];
  readonly data?: bigint;
  readonly name?: string;
}

/** The struct as it lies in memory, 336 bytes. */
export function tensorStruct({
  typeId = 0,
  operationId = 0,
  shape = [1],
  sources = [],
  data = 0n,
  name = '',
}: StructOptions): ArrayBuffer {
  const buffer = new ArrayBuffer(336);
  const view = new DataView(buffer);
  view.setInt32(0, typeId, true);
  view.setInt32(80, operationId, true);
  let stride = 4;
  for (let i = 0; i < 4; i += 1) {
    view.setBigInt64(16 + i * 8, BigInt(shape[i] ?? 1), true);
    view.setBigInt64(48 + i * 8, BigInt(stride), true);
    stride *= shape[i] ?? 1;
  }
  for (const [i, source] of sources.entries()) view.setBigUint64(152 + i * 8, source, true);
  view.setBigUint64(248, data, true);
  new Uint8Array(buffer, 256, 64).set(Buffer.from(name));
  return buffer;
}
