import { type Header, type TensorInfo, tensorPlace } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule, type Found } from '../check.js';
import { KNOWN_ARCHITECTURES } from '../facts/architectures.js';
import { architectureOf } from '../facts/keys.js';
import { PER_LAYER_EMBEDDING, planRequantize, READABLE_TYPES } from '../requantize-embedding.js';

/** A per-layer embedding in a type that some GPU code cannot look rows up in. */
interface UnreadableEmbedding {
  readonly type: TensorTypeName;
  /** Ollama releases that are affected: from `since`, before `until`. */
  readonly since: string;
  readonly until: string;
}

/** The type of the table that Gemma 3n and Gemma 4 look up for each token in each layer. */
export const perLayerTokenEmbdType = defineRule<UnreadableEmbedding>({
  id: 'gemma3n/per-layer-token-embd-type',
  severity: 'error',
  needs: 'header',
  affects: ['ollama >=0.9.3 <0.30.0'],
  docs: {
    summary: `The tensor \`${PER_LAYER_EMBEDDING}\` is F32, F16, Q8_0, Q5_1, Q5_0, Q4_1 or Q4_0.`,
    why: "Ollama's own engine (0.9.3 up to 0.30) puts this table on the GPU, where CUDA and ROCm look rows up only in those types. With another one the engine fails, or copies the whole table, 1 to 2 GB, for every token. Two types came later and are warnings: BF16 works from Ollama 0.11.5 on, Q6_K from 0.20.0. Gemma 4, which Ollama has from 0.20.0 on, may have both. llama.cpp keeps the table on the CPU and is not affected, nor are Ollama on Apple GPUs and on the CPU.",
    example: 'Gemma 3n E4B as Q4_K_M, made in June 2025: the table is Q4_K like most of the file.',
    remedy: `Apply the fix; \`--type ${PER_LAYER_EMBEDDING}=TYPE\` chooses the type. With \`--from FILE\`, a BF16 or F16 file of the same model, the weights come from there and are rounded once, not twice.`,
    fix: [
      'Safe where the new type has at least as many bits per weight as the present one, unsafe where it has fewer.',
      'Without a choice, less than 4 bits per weight become Q4_0, from 4 bits (Q4_K, IQ4_NL, IQ4_XS, MXFP4) Q5_1, from 5 bits (Q5_K, Q6_K) Q8_0, and more than 8.5 bits (BF16) F16: never fewer bits than now.',
      'F16 holds BF16 weights exactly between 2^-14 and 65504 and rounds smaller ones to steps of 2^-24; larger ones stop the conversion before anything is written.',
      '`general.quantization_version` 2 is added where a quantized type needs it and the file lacks it.',
      'Nothing is done where the rows do not fit the type, or where ggufix cannot read the present type and no other file is given.',
    ].join(' '),
    sources: [
      'ollama/ollama#11207 (the maintainer on Q4_K), v0.9.3 ml/backend/ggml/ggml.go and ggml-cuda.cu, v0.11.5, v0.20.0',
      'ikawrakow/ik_llama.cpp#1830, #1855 (the copy for every token, measured)',
      'Unsloth, "Gemma 3n: how to run and fine-tune"',
    ],
  },
  find: ({ header }) =>
    header.tensors.filter(({ name }) => name === PER_LAYER_EMBEDDING).flatMap((tensor) => judge(header, tensor)),
  describe: ({ type, until }) =>
    `tensor '${PER_LAYER_EMBEDDING}' is ${type}, expected ${READABLE_TYPES.slice(0, -1).join(', ')} or ${READABLE_TYPES.at(-1)}: ${consequence(until)}`,
  affectsOf: ({ since, until }) => [`ollama >=${since} <${until}`],
  fix: (_data, { header, choices }) => planRequantize(header, choices),
});

/** Ollama's engine learnt Gemma 3n in 0.9.3, Gemma 4 in 0.20.0, and was given up in 0.30.0. */
const ENGINE_END = '0.30.0';
const GEMMA_4 = { since: '0.20.0', readsAlso: ['BF16', 'Q6_K'] } as const;
const OTHERS = { since: '0.9.3', readsAlso: [] } as const;

/** Releases from which on CUDA and ROCm look rows up in further types. */
const LEARNT: Readonly<Partial<Record<TensorTypeName, string>>> = { BF16: '0.11.5', Q6_K: '0.20.0' };

/** Where a newer release of the same engine helps it is a warning: the file is not wrong, the program is old. */
function judge(header: Header, tensor: TensorInfo): Found<UnreadableEmbedding>[] {
  const { type } = tensor;
  // A removed or unknown type is `container/tensor-type`.
  if (type === undefined) return [];
  const architecture = architectureOf(header) ?? '';
  // Of the others that llama.cpp knows, some have such a table, and Ollama's engine had none of them.
  if (KNOWN_ARCHITECTURES.has(architecture) && !['gemma3n', 'gemma4'].includes(architecture)) return [];
  const { since, readsAlso } = architecture === 'gemma4' ? GEMMA_4 : OTHERS;
  if ([...READABLE_TYPES, ...readsAlso].includes(type)) return [];
  const until = LEARNT[type] ?? ENGINE_END;
  return [
    {
      place: tensorPlace(tensor),
      severity: until === ENGINE_END ? 'error' : 'warning',
      data: { type, since, until },
    },
  ];
}

function consequence(until: string): string {
  return until === ENGINE_END
    ? 'Ollama before 0.30 fails on it or becomes very slow on NVIDIA and AMD GPUs'
    : `on NVIDIA and AMD GPUs it needs Ollama ${until} or newer`;
}
