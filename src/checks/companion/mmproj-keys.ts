import { entryPlace, fatalProblem, findTensor, type Header } from '../../gguf/model.js';
import { defineRule, type Found } from '../check.js';
import { entryOf, flagOf, kindOf } from '../facts/keys.js';
import { WHOLE_FILE } from '../whole-file.js';

type Fault =
  | { readonly kind: 'encoder' }
  | { readonly kind: 'projector' }
  | { readonly kind: 'image'; readonly key: string; readonly found: string };

/** A projector file whose keys llama.cpp cannot use. */
export const mmprojKeys = defineRule<Fault>({
  id: 'companion/mmproj-keys',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary:
      'An mmproj file says which encoder it has and of which type its projector is; `image_mean` and `image_std` are arrays of at least 3 float32.',
    why: 'llama.cpp refuses the file. Older releases read past the end of an array of fewer values.',
    example: '`clip.vision.image_mean` has one value.',
    remedy: 'Convert the projector again with `convert_hf_to_gguf.py --mmproj`.',
    fix: 'Safe for a LLaVA projector without a type, told by `clip.has_llava_projector` and its tensors `mm.0` and `mm.2`: `clip.projector_type` is set to `mlp`, which older releases took for a missing key. Nothing for other values, which are not in the file.',
    sources: [
      'llama.cpp 0.7.0, tools/mtmd/clip.cpp',
      'ggml-org/llama.cpp#24142 (arrays that are too short)',
      'ollama/ollama, llama/compat/README.md: clip without clip.projector_type',
    ],
  },
  find: ({ header }) => (kindOf(header) === 'mmproj' && fatalProblem(header) === undefined ? find(header) : []),
  describe: (data) => `${sentence(data)}: llama.cpp refuses the projector`,
  fix: ({ kind }, { header }) =>
    kind === 'projector' && isLlava(header)
      ? {
          safety: 'safe',
          title: 'Set clip.projector_type to mlp',
          edits: [{ op: 'set-metadata', key: 'clip.projector_type', value: { type: 'string', value: 'mlp' } }],
        }
      : undefined,
});

/** The two-layer projector of LLaVA and BakLLaVA, older than the key that names projectors. */
function isLlava(header: Header): boolean {
  const isMarked = flagOf(header, 'clip.has_llava_projector') === true;
  return isMarked && ['mm.0.weight', 'mm.2.weight'].every((name) => findTensor(header, name) !== undefined);
}

const VISION = 'clip.has_vision_encoder';
const ENCODERS = [VISION, 'clip.has_audio_encoder', 'clip.has_gen_audio_encoder'];
const PROJECTORS = [
  'clip.projector_type',
  'clip.vision.projector_type',
  'clip.audio.projector_type',
  'clip.gen.audio.projector_type',
];
const IMAGE_ARRAYS = ['clip.vision.image_mean', 'clip.vision.image_std'];
const CHANNELS = 3;
function sentence(data: Fault): string {
  if (data.kind === 'encoder') return `none of '${ENCODERS.join("', '")}' is true`;
  if (data.kind === 'projector') return `none of '${PROJECTORS.join("', '")}' is there`;
  return `'${data.key}' is ${data.found}, expected at least ${CHANNELS} float32 values`;
}

function* find(header: Header): Generator<Found<Fault>> {
  if (!ENCODERS.some((key) => flagOf(header, key))) yield { place: WHOLE_FILE, data: { kind: 'encoder' } };
  if (!PROJECTORS.some((key) => entryOf(header, key)?.type === 'string')) {
    yield { place: WHOLE_FILE, data: { kind: 'projector' } };
  }
  if (!flagOf(header, VISION)) return;
  for (const key of IMAGE_ARRAYS) {
    const entry = entryOf(header, key);
    if (entry === undefined) continue;
    const { itemType, count = 0, type } = entry;
    if (itemType === 'float32' && count >= CHANNELS) continue;
    const found = itemType === undefined ? type : `${count} ${itemType} values`;
    yield { place: entryPlace(entry), data: { kind: 'image', key, found } };
  }
}
