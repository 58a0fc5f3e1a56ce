import { excerpt, quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { fromRuns } from './from-runs.js';

/** A template that the renderer cannot read. */
interface Unparsable {
  readonly key: string;
  readonly error: string;
}

/** A template with a slip in its grammar. */
export const unparsable = defineRule<Unparsable>({
  id: 'template/unparsable',
  severity: 'warning',
  needs: 'template',
  affects: [],
  docs: {
    summary: 'A chat template parses.',
    why: 'An engine that cannot parse the template refuses to chat or falls back to another template. A warning, as engines differ: only @huggingface/jinja was asked.',
    example: '`{% if message.role == "user" %}` without `{% endif %}`.',
    remedy:
      'Correct the template, or take the one of the original model: `ggufix meta set FILE KEY --file template.jinja`.',
    fix: 'None: what the template should say is unknown.',
    sources: ['@huggingface/jinja 0.5.11'],
  },
  find: ({ header, evidence }) =>
    fromRuns(header, evidence, ({ key, parseError: error }) => (error === undefined ? undefined : { key, error })),
  describe: ({ key, error }) => `${quoted(key)} does not parse with @huggingface/jinja: ${excerpt(error)}`,
});
