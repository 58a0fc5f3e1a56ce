import { type Header, type TensorInfo, tensorPlace } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { integerOf, modelEntry, valuesByLayer } from '../facts/hyperparameters.js';
import { architectureOf } from '../facts/keys.js';
import { isWholeModel } from '../facts/whole-model.js';

/** A feed-forward layer of another length than the file says. */
interface OddLength {
  readonly key: string;
  readonly tensor: string;
  readonly length: number;
  readonly rows: number;
  /** Whether the key is one number and all layers have these rows. */
  readonly isUniform: boolean;
}

/** `ffn_gate` with other rows than `feed_forward_length`. */
export const feedForwardLength = defineRule<OddLength>({
  id: 'metadata/feed-forward-length',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary:
      '`*.feed_forward_length` is the number of rows of `blk.N.ffn_gate.weight`, in the architectures where llama.cpp expects that.',
    why: 'llama.cpp refuses the file: the tensor has the wrong shape. One finding stands for all layers.',
    example: 'An lfm2 file with 12288 where the tensors have 8192 rows: the converter took the number before rounding.',
    remedy: 'Apply the fix, or convert the model again.',
    fix: 'Safe where the key is one number and all layers have the same rows: that number is written, the only one that fits the weights. Nothing is done otherwise.',
    sources: [
      "Ollama's compatibility layer for lfm2",
      'llama.cpp 0.7.0, src/llama-model-loader.cpp: check_tensor_dims',
    ],
  },
  find: ({ header }) => (isWholeModel(header) && GATED.has(architectureOf(header) ?? '') ? judge(header) : []),
  describe: ({ key, tensor, length, rows }) =>
    `${quoted(key)} is ${length}, but tensor ${quoted(tensor)} has ${rows} rows: llama.cpp refuses the file`,
  fix: ({ key, rows, isUniform }) =>
    isUniform
      ? {
          safety: 'safe',
          title: `Set ${printable(key)} to ${rows}`,
          edits: [{ op: 'set-metadata', key, value: { type: 'uint32', value: rows } }],
        }
      : undefined,
});

/**
 * Architectures of which llama.cpp 0.7.0 loaded a file whose gates have these rows, and refused it with another number.
 * Elsewhere the rows are others: half of them in qwen, the length of embeddings in arctic.
 */
const GATED: ReadonlySet<string> = new Set(
  [
    'llama llama4 deci baichuan refact nomic-bert eurobert stablelm qwen2 qwen2vl qwen3 qwen3vl qwen35 plamo',
    'orion internlm2 minicpm minicpm3 gemma gemma2 gemma3 gemma3n gemma4 gemma-embedding gemma-embedding2 jamba',
    'falcon-h1 xverse command-r cohere2 olmo olmo2 muse-glimmer openelm deepseek deepseek2 deepseek2-ocr',
    'deepseek32 glm4moe glm-dsa bitnet jais exaone exaone4 exaone-moe rwkv6qwen2 arwkv7 granite granite_swa',
    'chameleon bailingmoe2 dots1 afmoe ernie4_5 ernie4_5-moe hunyuan-dense hunyuan_vl smollm3 lfm2 lfm2moe dream',
    'llada seed_oss cogvlm pangu-embedded mistral3 mistral4 paddleocr spark2_5 llama-embed maincoder kimi-linear',
    'talkie nanbeige qwen3tts k2-horizon',
  ].flatMap((line) => line.split(' ')),
);

const GATE = /^blk\.(\d{1,4})\.ffn_gate\.weight$/;
const MAX_UINT32 = 2n ** 32n - 1n;

function judge(header: Header): Found<OddLength>[] {
  const entry = modelEntry(header, 'feed_forward_length');
  const lengths = valuesByLayer(header, 'feed_forward_length');
  const gates = header.tensors.flatMap(rowsOfGate);
  if (entry === undefined) return [];
  for (const { tensor, layer, rows } of gates) {
    const length = lengths.length === 1 ? lengths[0] : lengths[layer];
    if (length === undefined || length === rows) continue;
    const isUniform =
      integerOf(header, 'feed_forward_length') !== undefined && gates.every((gate) => gate.rows === rows);
    return [{ place: tensorPlace(tensor), data: { key: entry.key, tensor: tensor.name, length, rows, isUniform } }];
  }
  return [];
}

function rowsOfGate(tensor: TensorInfo): { tensor: TensorInfo; layer: number; rows: number }[] {
  const layer = GATE.exec(tensor.name)?.[1];
  const rows = tensor.dims[1];
  if (layer === undefined || rows === undefined || rows < 1n || rows > MAX_UINT32) return [];
  return [{ tensor, layer: Number(layer), rows: Number(rows) }];
}
