/** Values of `general.file_type` (llama.h of llama.cpp 0.7.0, `enum llama_ftype`), without `MOSTLY_`. */
const FILE_TYPES: readonly (string | undefined)[] = [
  ...['F32', 'F16', 'Q4_0', 'Q4_1', 'Q4_1_SOME_F16', 'Q4_2', 'Q4_3', 'Q8_0', 'Q5_0', 'Q5_1'],
  ...['Q2_K', 'Q3_K_S', 'Q3_K_M', 'Q3_K_L', 'Q4_K_S', 'Q4_K_M', 'Q5_K_S', 'Q5_K_M', 'Q6_K', 'IQ2_XXS'],
  ...['IQ2_XS', 'Q2_K_S', 'IQ3_XS', 'IQ3_XXS', 'IQ1_S', 'IQ4_NL', 'IQ3_S', 'IQ3_M', 'IQ2_S', 'IQ2_M'],
  ...['IQ4_XS', 'IQ1_M', 'BF16', 'Q4_0_4_4', 'Q4_0_4_8', 'Q4_0_8_8', 'TQ1_0', 'TQ2_0', 'MXFP4_MOE', 'NVFP4'],
  ...['Q1_0', 'Q2_0'],
];

/** Set by llama.cpp where a file names no type and it was guessed. */
const GUESSED = 1024;

/** The name of a `general.file_type`: `Q4_K_M`, or `undefined` for a number that llama.cpp does not know. */
export function fileTypeName(id: number): string | undefined {
  return id >= GUESSED ? FILE_TYPES[id - GUESSED] : FILE_TYPES[id];
}

/** The number of a `general.file_type` by its name; `undefined` for a name that llama.cpp does not know. */
export function fileTypeId(name: string): number | undefined {
  const id = FILE_TYPES.indexOf(name);
  return id < 0 ? undefined : id;
}

/** Every name of a `general.file_type`. */
export const FILE_TYPE_NAMES: readonly string[] = FILE_TYPES.filter((name) => name !== undefined);

/** Number of each `general.file_type` by name. */
export const FILE_TYPE_IDS: ReadonlyMap<string, number> = new Map(
  FILE_TYPES.flatMap((name, id) => (name === undefined ? [] : [[name, id] as const])),
);
