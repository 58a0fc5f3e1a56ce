import { type ScalarTypeName, VALUE_TYPES } from '../../src/gguf/value-types.js';

/** A whole number of up to 64 bits, or a float. */
export type Number64 = number | bigint;

/** Text, or bytes where UTF-8 cannot say it. */
export type Text = string | Uint8Array;

/** Appends numbers and strings in either byte order. It shares nothing with the encoder that it is there to test. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #isLittle: boolean;
  readonly #wordBytes: 4 | 8;
  #length = 0;

  constructor(isLittle: boolean, wordBytes: 4 | 8) {
    this.#isLittle = isLittle;
    this.#wordBytes = wordBytes;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  bytes(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.byteLength;
  }

  /** A count, a length or a dimension. */
  word(value: Number64): void {
    this.number(this.#wordBytes === 8 ? 'uint64' : 'uint32', value);
  }

  /** A length and the bytes. */
  text(text: Text): void {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    this.word(bytes.byteLength);
    this.bytes(bytes);
  }

  number(type: ScalarTypeName, value: Number64): void {
    const bytes = new Uint8Array(VALUE_TYPES[type].bytes);
    SETTERS[type](new DataView(bytes.buffer), value, this.#isLittle);
    this.bytes(bytes);
  }

  whole(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

type Setter = (view: DataView, value: Number64, isLittle: boolean) => void;

const SETTERS: Readonly<Record<ScalarTypeName, Setter>> = {
  uint8: (view, value) => view.setUint8(0, Number(value)),
  int8: (view, value) => view.setInt8(0, Number(value)),
  // Not 0 or 1 only: readers take any byte.
  bool: (view, value) => view.setUint8(0, Number(value)),
  uint16: (view, value, isLittle) => view.setUint16(0, Number(value), isLittle),
  int16: (view, value, isLittle) => view.setInt16(0, Number(value), isLittle),
  uint32: (view, value, isLittle) => view.setUint32(0, Number(value), isLittle),
  int32: (view, value, isLittle) => view.setInt32(0, Number(value), isLittle),
  float32: (view, value, isLittle) => view.setFloat32(0, Number(value), isLittle),
  uint64: (view, value, isLittle) => view.setBigUint64(0, BigInt(value), isLittle),
  int64: (view, value, isLittle) => view.setBigInt64(0, BigInt(value), isLittle),
  float64: (view, value, isLittle) => view.setFloat64(0, Number(value), isLittle),
};
