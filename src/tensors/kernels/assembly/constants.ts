// Vector constants, by address. V8 rebuilds a constant in front of every use, with three instructions, inside loops
// too. One that is read from memory before the loop (`v128.load32_splat`) stays in a register.

export const SIGN = memory.data<u32>([0x80000000]);
export const MAGNITUDE = memory.data<u32>([0x7fffffff]);

/** 1.5 * 2^23, as a float and as an integer. Adding it to a whole number leaves that number in the low bits. */
export const MAGIC = memory.data<u32>([0x4b400000]);

/** The largest float below a half. */
export const ALMOST_HALF = memory.data<u32>([0x3effffff]);
export const HALF = memory.data<f32>([0.5]);

/** What `halvesToFloats` needs: the bits that it keeps, and 2^112. */
export const HALF_BITS = memory.data<u32>([0x8fffe000]);
export const REBASE = memory.data<u32>([0x77800000]);

/** Two times the bits of a half without its sign. */
export const HALF_MAGNITUDES = memory.data<u32>([0x7fff7fff]);

// What `floatsToHalves` needs: 2^-110, masks and biases of floats shifted left by one, and the fields of a half.
export const UNBASE = memory.data<u32>([0x08800000]);
export const DOUBLED_EXPONENT = memory.data<u32>([0xff000000]);
export const DOUBLED_BIAS = memory.data<u32>([0x71000000]);
export const ROUNDING_STEP = memory.data<u32>([0x07800000]);
export const HALF_EXPONENT = memory.data<u32>([0x7c00]);
export const HALF_MANTISSA = memory.data<u32>([0x0fff]);
export const HALF_SIGN = memory.data<u32>([0x8000]);

/** The upper of two bfloat16 values in a lane. */
export const UPPER_HALF = memory.data<u32>([0xffff0000]);

/** What the exponent of a half lacks, 112, in the place of a float's exponent, and the smallest normal half, 2^-14. */
export const HALF_BIAS = memory.data<u32>([0x38000000]);
export const SMALLEST_NORMAL = memory.data<u32>([0x38800000]);

/** Two times the smallest half that is not subnormal, 2^-14. */
export const SMALLEST_NORMALS = memory.data<u32>([0x04000400]);
