/** The types of one preset, spelled as ggml does. */
export interface PresetTypes {
  readonly name: string;
  readonly fileType: string;
  /** `per_layer_token_embd`. */
  readonly perLayer: string;
  /** `token_embd` that is the output matrix too; one that is not; `output`. */
  readonly tied: string;
  readonly embedding: string;
  readonly output: string;
  readonly v: string;
  readonly k: string;
  readonly q: string;
  readonly o: string;
  /** Queries, keys and values in one matrix, and gates of attention. */
  readonly fused: string;
  readonly gateUp: string;
  /** `ffn_down` at the edges, in the middle and in all other layers. */
  readonly edge: string;
  readonly middle: string;
  readonly down: string;
  /** `inp_gate` and `proj`. */
  readonly inputs: string;
  /** What every token passes in a mixture of experts: attention, dense layers, shared experts. */
  readonly shared: string;
  /** Recurrent state, kinds that are not known, and layers that no imatrix covers. Takes no type that needs one. */
  readonly careful: string;
}

/**
 * The eleven presets. The columns that Gemma 3n uses are matched in size to the published files; those for other models
 * (`embedding`, `output`, `fused`, `shared`, `careful`) follow what is known of such files. None is measured: `docs/recipes.md`.
 */
export const PRESET_TYPES: readonly PresetTypes[] = rows(`
  name        fileType perLayer tied  embedding output v     k        q        o        fused   gateUp   edge    middle   down     inputs shared careful
  UD-IQ1_S    IQ1_S    q4_0     q4_0  q4_K      q6_K   q4_K  iq2_xxs  iq1_s    iq2_xxs  q3_K    iq1_s    iq3_s   iq2_s    iq1_s    q8_0   q5_K   q4_K
  UD-IQ1_M    IQ1_M    q4_0     q4_0  q4_K      q6_K   q4_K  iq2_xxs  iq1_m    iq2_xxs  q3_K    iq1_m    iq3_s   iq2_s    iq1_m    q8_0   q5_K   q4_K
  UD-IQ2_XXS  IQ2_XXS  q4_0     q4_0  q4_K      q6_K   q4_K  iq2_s    iq2_xxs  iq3_xxs  q3_K    iq2_xxs  iq3_s   iq3_xxs  iq2_xxs  q8_0   q5_K   q4_K
  UD-IQ2_M    IQ2_M    q4_0     q5_K  q4_K      q6_K   q4_K  iq3_s    iq2_s    iq3_s    iq4_xs  iq2_s    iq4_xs  iq3_s    iq3_xxs  q8_0   q5_K   q4_K
  UD-Q2_K_XL  Q2_K     q4_0     q6_K  q4_K      q6_K   q4_K  q3_K     q2_K     q3_K     q4_K    q2_K     q4_K    q3_K     q3_K     q8_0   q5_K   q4_K
  UD-IQ3_XXS  IQ3_XXS  q4_0     q5_K  q4_K      q6_K   q4_K  iq3_s    iq3_xxs  iq3_s    iq4_xs  iq3_xxs  iq4_xs  iq3_s    iq3_xxs  q8_0   q5_K   q4_K
  UD-Q3_K_XL  Q3_K_M   q5_1     q6_K  q5_K      q6_K   q5_K  q4_K     q3_K     q4_K     q4_K    q3_K     q5_K    q4_K     q4_K     q8_0   q6_K   q5_K
  UD-Q4_K_XL  Q4_K_M   q8_0     q6_K  q6_K      q6_K   q6_K  q5_K     q4_K     q5_K     q5_K    q4_K     q6_K    q5_K     q5_K     q8_0   q8_0   q5_K
  UD-Q5_K_XL  Q5_K_M   q8_0     q8_0  q8_0      q8_0   q8_0  q6_K     q5_K     q6_K     q6_K    q5_K     q8_0    q6_K     q5_K     q8_0   q8_0   q6_K
  UD-Q6_K_XL  Q6_K     q8_0     q8_0  q8_0      q8_0   q8_0  q8_0     q6_K     q8_0     q8_0    q6_K     q8_0    q8_0     q6_K     q8_0   q8_0   q8_0
  UD-Q8_K_XL  Q8_0     bf16     bf16  q8_0      bf16   q8_0  q8_0     q8_0     q8_0     q8_0    q8_0     bf16    q8_0     q8_0     bf16   q8_0   q8_0
`);

/** One object a line, under the names of the first line. */
function rows(table: string): readonly PresetTypes[] {
  const [names = [], ...lines] = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  // Each line has a cell for each name, which the test of the presets makes sure of.
  return lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])) as unknown as PresetTypes);
}
