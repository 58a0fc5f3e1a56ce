// Room for the codebooks of ../grids.ts, which are written here before the first call, in this order.

const IQ2_XXS_BYTES: usize = 256 * 8;
const IQ2_XS_BYTES: usize = 512 * 8;
const IQ2_S_BYTES: usize = 1024 * 8;
const IQ3_XXS_BYTES: usize = 256 * 4;
const IQ3_S_BYTES: usize = 512 * 4;

export const IQ2_XXS_GRID = memory.data(33792, 16);
export const IQ2_XS_GRID = IQ2_XXS_GRID + IQ2_XXS_BYTES;
export const IQ2_S_GRID = IQ2_XS_GRID + IQ2_XS_BYTES;
export const IQ3_XXS_GRID = IQ2_S_GRID + IQ2_S_BYTES;
export const IQ3_S_GRID = IQ3_XXS_GRID + IQ3_XXS_BYTES;
export const IQ1_GRID = IQ3_S_GRID + IQ3_S_BYTES;
