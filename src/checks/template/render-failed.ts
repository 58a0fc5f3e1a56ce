import { excerpt, quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { fromRuns } from './from-runs.js';

/** A template that makes no prompt of a user's message. */
interface RenderFailed {
  readonly key: string;
  /** What the renderer said; absent where the prompt lacks the message. */
  readonly error?: string;
}

/** A template that fails on the simplest conversation, or prints nothing for it. */
export const renderFailed = defineRule<RenderFailed>({
  id: 'template/render-failed',
  severity: 'warning',
  needs: 'template',
  affects: [],
  docs: {
    summary: 'A chat template makes a prompt of one message of a user.',
    why: 'A chat cannot begin, or the model never sees what was said. A warning, as engines differ: only @huggingface/jinja was asked.',
    example: 'The template calls a function that the engine does not have.',
    remedy:
      'Correct the template, or take the one of the original model: `ggufix meta set FILE KEY --file template.jinja`.',
    fix: 'None: what the template should say is unknown.',
    sources: ['@huggingface/jinja 0.5.11', 'ikawrakow/ik_llama.cpp#693 (a function unknown to the engine)'],
  },
  find: ({ header, evidence }) =>
    fromRuns(header, evidence, ({ key, renders }) => {
      const user = renders.find(({ sample }) => sample === 'user');
      if (user?.outcome === 'failed') return { key, error: user.error ?? 'no reason given' };
      return user?.outcome === 'rendered' && user.text?.trim() === '' ? { key } : undefined;
    }),
  describe: ({ key, error }) =>
    error === undefined
      ? `${quoted(key)} prints nothing for a message of a user`
      : `${quoted(key)} fails on a message of a user with @huggingface/jinja: ${excerpt(error)}`,
});
