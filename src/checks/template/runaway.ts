import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { fromRuns } from './from-runs.js';

/** A template that had to be stopped. */
interface Runaway {
  readonly key: string;
  readonly sample: string;
  readonly outcome: 'timed-out' | 'too-large';
}

/** A template that does not come to an end, or prints without measure. */
export const runaway = defineRule<Runaway>({
  id: 'template/runaway',
  severity: 'error',
  needs: 'template',
  affects: [],
  docs: {
    summary: 'A chat template renders a short conversation in seconds and in at most a million characters.',
    why: 'A runtime that renders it hangs or runs out of memory, with any message.',
    example: 'Six nested loops over `range(99999)`.',
    remedy: 'Take the template of the original model.',
    fix: 'None: what the template was meant to do is unknown.',
    sources: ['ggml-org/llama.cpp#24140'],
  },
  find: ({ header, evidence }) =>
    fromRuns(header, evidence, ({ key, renders }) => {
      for (const { sample, outcome } of renders) {
        if (outcome === 'timed-out' || outcome === 'too-large') return { key, sample, outcome };
      }
      return undefined;
    }),
  describe: ({ key, sample, outcome }) =>
    `${quoted(key)} had to be stopped while it rendered the sample '${sample}': ${outcome === 'timed-out' ? 'it took too long' : 'it took too much memory or printed too much'}`,
});
