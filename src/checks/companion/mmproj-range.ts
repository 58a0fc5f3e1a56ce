import { entryPlace, fatalProblem, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';
import { entryOf, kindOf, numberOf } from '../facts/keys.js';

/** A number of a projector that makes its reader run out of memory or of a buffer. */
interface OutOfRange {
  readonly key: string;
  /** What is there, in words. */
  readonly found: string;
  readonly expected: string;
}

/** A projector with sizes that no encoder has. */
export const mmprojRange = defineRule<OutOfRange>({
  id: 'companion/mmproj-range',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The sizes of an mmproj file are uint32 in the range of real encoders.',
    why: 'llama.cpp loops over tiles, makes room for pixels and layers, and fills tables of fixed length by these numbers: huge ones take all memory when the file is loaded, or write past a buffer when an image comes. A key of another type it refuses, older releases abort.',
    example: '`clip.vision.preproc_max_tiles` is 200000000.',
    remedy: 'Convert the projector again with `convert_hf_to_gguf.py --mmproj`, or take it from its maker.',
    fix: 'None: the right numbers are not in the file.',
    sources: [
      'ggml-org/llama.cpp#24976, #25014, #26237, #27166, #27202, #27223, #27224 and #27235',
      'llama.cpp 0.7.0, tools/mtmd/clip.cpp',
    ],
  },
  find: ({ header }) => (kindOf(header) === 'mmproj' && fatalProblem(header) === undefined ? [...find(header)] : []),
  describe: ({ key, found, expected }) =>
    `${quoted(key)} is ${found}, expected ${expected}: llama.cpp runs out of memory or of a buffer`,
});

/** Lowest and highest value: some times those of the largest encoders. */
const RANGES: Readonly<Record<string, readonly [lowest: number, highest: number]>> = {
  'clip.vision.image_size': [1, 65_536],
  'clip.vision.patch_size': [1, 1024],
  'clip.vision.block_count': [1, 512],
  'clip.vision.preproc_min_tiles': [0, 1024],
  'clip.vision.preproc_max_tiles': [0, 1024],
  'clip.vision.image_min_pixels': [0, 2 ** 30],
  'clip.vision.image_max_pixels': [0, 2 ** 30],
  'clip.audio.block_count': [1, 512],
  'clip.audio.num_mel_bins': [1, 1024],
  'clip.audio.chunk_size': [1, 65_536],
};

const PINPOINTS = 'clip.vision.image_grid_pinpoints';
const MAX_PINPOINTS = 1024;
const IMAGE = 'clip.vision.image_size';
const PATCH = 'clip.vision.patch_size';
/** Positions along one edge for which llama.cpp has a table (MiniCPM-V). */
const MAX_POSITIONS = 1024;

function* find(header: Header): Generator<Found<OutOfRange>> {
  for (const [key, [lowest, highest]] of Object.entries(RANGES)) {
    const entry = entryOf(header, key);
    if (entry === undefined) continue;
    const place = entryPlace(entry);
    const value = isIntegerType(entry.type) ? Number(scalarValue(entry)) : undefined;
    if (entry.type !== 'uint32' || value === undefined) {
      yield { place, data: { key, found: entry.type, expected: 'uint32' } };
    } else if (value < lowest || value > highest) {
      yield { place, data: { key, found: `${value}`, expected: `${lowest} to ${highest}` } };
    }
  }
  const pinpoints = entryOf(header, PINPOINTS);
  const count = pinpoints?.count ?? 0;
  if (pinpoints !== undefined && (count % 2 === 1 || count > MAX_PINPOINTS)) {
    const expected = `pairs, at most ${MAX_PINPOINTS} values`;
    yield { place: entryPlace(pinpoints), data: { key: PINPOINTS, found: `${count} values`, expected } };
  }
  const patch = entryOf(header, PATCH);
  const positions = (numberOf(header, IMAGE) ?? 0) / (numberOf(header, PATCH) ?? 1);
  if (patch !== undefined && Number.isFinite(positions) && positions > MAX_POSITIONS) {
    const found = `${numberOf(header, PATCH)} with images of ${numberOf(header, IMAGE)}`;
    const expected = `at most ${MAX_POSITIONS} patches along an edge`;
    yield { place: entryPlace(patch), data: { key: PATCH, found, expected } };
  }
}
