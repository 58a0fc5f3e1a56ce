import { tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { architectureOf } from '../facts/keys.js';
import { scannedTensors } from '../tensor/scanned.js';

/** A coefficient that one engine limits and another does not. */
interface LargeCoefficient {
  readonly tensor: string;
  readonly maxAbs: number;
}

/** `altup_coef_clip` of the published models. */
const CLIP = 120;

/** Coefficients of AltUp beyond the limit of the original model. */
export const altupCoefficients = defineRule<LargeCoefficient>({
  id: 'gemma3n/altup-coefficients',
  severity: 'info',
  needs: 'data',
  affects: ['llama.cpp *'],
  docs: {
    summary: `The coefficients of AltUp lie between -${CLIP} and ${CLIP}.`,
    why: `The original model and Ollama's converter limit them to ${CLIP} (\`altup_coef_clip\`), llama.cpp does not: with a larger one it computes something else.`,
    example: 'blk.3.altup_predict_coef.weight has a weight of 131.',
    remedy: 'Convert the model again with a converter that limits them.',
    fix: 'None: there is no edit that limits weights.',
    sources: [
      'ollama/ollama, convert/convert_gemma3n.go',
      'Hugging Face Transformers, Gemma3nTextConfig: altup_coef_clip',
    ],
  },
  *find(context) {
    if (architectureOf(context.header) !== 'gemma3n') return;
    for (const { tensor, scan } of scannedTensors(context)) {
      const { maxAbs = 0 } = scan;
      if (!/\.altup_(predict|correct)_coef\.weight$/.test(tensor.name) || maxAbs <= CLIP) continue;
      yield { place: tensorPlace(tensor), data: { tensor: tensor.name, maxAbs } };
    }
  },
  describe: ({ tensor, maxAbs }) =>
    `tensor ${quoted(tensor)} has coefficients up to ${maxAbs}, expected at most ${CLIP}: llama.cpp does not limit them, the original model does`,
});
