import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { NotTried, TemplateRuns } from '../../templates/template-runs.js';
import { defineRule } from '../check.js';
import { entryOf } from '../facts/keys.js';

/** Templates that nobody tried, those with one reason together. */
interface Untried {
  readonly key: string;
  readonly count: number;
  readonly reason: NotTried;
}

/** A template that was not rendered, so that its absence from the other findings means nothing. */
export const notTried = defineRule<Untried>({
  id: 'template/not-tried',
  severity: 'info',
  needs: 'template',
  affects: [],
  docs: {
    summary: 'Every chat template of the file was tried.',
    why: 'ggufix renders the first 32 templates of a file that have at most 256 KiB each and 512 KiB together, for a second and a half at most. Of the others it does not know whether they parse and end.',
    example: 'A file with 40 templates under `tokenizer.chat_template.NAME`.',
    remedy: 'Look at the findings about the templates before it, or write it into a file of its own and check that.',
    fix: 'None: nothing is known to be wrong.',
    sources: ['ggufix, src/templates/run-templates.ts and src/limits.ts'],
  },
  *find({ header, evidence: { template: runs = [] } }) {
    for (const reason of Object.keys(WORDS) as NotTried[]) {
      const [first, ...more] = untriedFor(runs, reason);
      const entry = first === undefined ? undefined : entryOf(header, first);
      if (entry === undefined) continue;
      yield { place: entryPlace(entry), data: { key: entry.key, count: 1 + more.length, reason } };
    }
  },
  describe: ({ key, count, reason }) =>
    `${quoted(key)}${count === 1 ? ' was' : ` and ${count - 1} more templates were`} not tried: ${WORDS[reason]}`,
});

const WORDS: Readonly<Record<NotTried, string>> = {
  'too-long': 'longer than 256 KiB',
  'too-many': 'too many templates, or too much of them, stand before it',
  'out-of-time': 'the templates before it used up the time',
};

function untriedFor(runs: TemplateRuns, reason: NotTried): string[] {
  return runs.filter(({ notTried: why }) => why === reason).map(({ key }) => key);
}
