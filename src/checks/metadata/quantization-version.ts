import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { blockWeights } from '../../gguf/tensor-types.js';
import { defineRule, type Fix, type Found } from '../check.js';
import { entryOf, numberOf } from '../facts/keys.js';
import { isWholeModel } from '../facts/whole-model.js';
import { WHOLE_FILE } from '../whole-file.js';

const KEY = 'general.quantization_version';

/** The only version there has been since GGUF began (GGML_QNT_VERSION). */
const VERSION = 2;

/** The version that a quantized file names, or none. */
interface OddVersion {
  readonly version?: number;
}

/** A quantized model that does not say how its blocks are laid out, or names an unknown layout. */
export const quantizationVersion = defineRule<OddVersion>({
  id: 'metadata/quantization-version',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: `\`${KEY}\` of a quantized model is ${VERSION}.`,
    why: 'The GGUF specification asks for the key in quantized files. llama.cpp does not read it, other tools do.',
    example: 'A Q4_K_M file without the key, or with 1.',
    remedy: 'Apply the fix. For another number, ask the publisher how the blocks are laid out.',
    fix: `Safe where the key is missing: ${VERSION} is written, the only version that GGUF files have ever had. None where it is another number.`,
    sources: ['GGUF specification, docs/gguf.md', 'llama.cpp 0.7.0, ggml/include/ggml.h: GGML_QNT_VERSION'],
  },
  find: ({ header }) => (isWholeModel(header) && isQuantized(header) ? judge(header) : []),
  describe: ({ version }) =>
    version === undefined
      ? `${quoted(KEY)} is missing from a quantized model, expected ${VERSION}`
      : `${quoted(KEY)} is ${version}, expected ${VERSION}: no such layout of blocks is known`,
  fix: ({ version }) => (version === undefined ? ADD : undefined),
});

const ADD: Fix = {
  safety: 'safe',
  title: `Add ${KEY} ${VERSION}`,
  edits: [{ op: 'set-metadata', key: KEY, value: { type: 'uint32', value: VERSION } }],
};

function isQuantized({ tensors }: Header): boolean {
  return tensors.some(({ type }) => type !== undefined && blockWeights(type) > 1);
}

function judge(header: Header): Found<OddVersion>[] {
  const entry = entryOf(header, KEY);
  if (entry === undefined) return [{ place: WHOLE_FILE, data: {} }];
  const version = numberOf(header, KEY);
  // NaN is no value of JSON; a float is `metadata/key-type`.
  if (version === undefined || version === VERSION || !Number.isFinite(version)) return [];
  return [{ place: entryPlace(entry), data: { version } }];
}
