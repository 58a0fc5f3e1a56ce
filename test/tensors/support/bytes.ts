/** The bytes of an array of floats. */
export function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

/** A copy of the first `count` floats in `bytes`. */
export function floatsOf(bytes: Uint8Array, count: number): Float32Array {
  return new Float32Array(bytes.slice(0, count * 4).buffer);
}
