import { FILE_TYPE_NAMES } from '../../gguf/file-types.js';

/** Labels of publishers, with the mix that they go out from. */
export const MAIN_MIX: Readonly<Record<string, string>> = {
  Q2_K_L: 'Q2_K',
  Q2_K_XL: 'Q2_K',
  Q3_K_XL: 'Q3_K_M',
  Q4_K_XL: 'Q4_K_M',
  Q5_K_XL: 'Q5_K_M',
  Q6_K_L: 'Q6_K',
  Q6_K_XL: 'Q6_K',
  Q8_K_XL: 'Q8_0',
};

/** Quantizations that names of files say. */
export const QUANT_LABELS: ReadonlySet<string> = new Set([...FILE_TYPE_NAMES, ...Object.keys(MAIN_MIX)]);
