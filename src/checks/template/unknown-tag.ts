import { printable, quoted } from '../../gguf/printable.js';
import type { ChatTemplate } from '../../templates/templates-of.js';
import { defineRule, type Fix } from '../check.js';
import { eachTemplate, templates } from './each-template.js';
import { lex, type Token } from './lex.js';

/** The tags of one template that not every engine knows. */
interface UnknownTags {
  readonly key: string;
  readonly tags: readonly string[];
}

const KNOWN = new Set(
  'set endset if elif else endif for endfor macro endmacro call endcall filter endfilter break continue raw endraw'.split(
    ' ',
  ),
);
const GENERATION = new Set(['generation', 'endgeneration']);
const MOST_TAGS = 8;

/** A tag such as `{% generation %}` that engines refuse. */
export const unknownTag = defineRule<UnknownTags>({
  id: 'template/unknown-tag',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'A chat template uses only the tags that every engine knows.',
    why: 'An engine that does not know a tag refuses the template. `{% generation %}` marks the text to train on and exists only in Hugging Face Transformers and in engines that learnt to skip it; llama-cpp-python says "Encountered unknown tag".',
    example: '`{% generation %}{{ message.content }}{% endgeneration %}`.',
    remedy: 'Apply the fix for the two generation tags; replace the template where it has other ones.',
    fix: 'Safe where only the generation tags are unknown: they are cut out, with the blanks that they strip; they print nothing. None otherwise, or where the template is no valid UTF-8.',
    sources: ['abetlen/llama-cpp-python#2225', 'Hugging Face Transformers, chat templates: assistant masks'],
  },
  find: ({ header }) =>
    eachTemplate(header, ({ entry, text }) => {
      const tags = new Set<string>();
      for (const { tag } of statements(text)) if (!KNOWN.has(tag) && tags.size < MOST_TAGS) tags.add(tag);
      return tags.size === 0 ? undefined : { key: entry.key, tags: [...tags] };
    }),
  describe: ({ key, tags }) =>
    `${quoted(key)} has tags that not every engine knows: ${tags.map((tag) => quoted(tag)).join(', ')}; those that do not refuse the template`,
  fix: ({ key, tags }, { header }) => {
    const same = templates(header).filter(({ entry }) => entry.key === key);
    const [template] = same;
    return template !== undefined && same.length === 1 && tags.every((tag) => GENERATION.has(tag))
      ? stripGeneration(template)
      : undefined;
  },
});

interface Statement {
  readonly tag: string;
  readonly start: number;
  readonly end: number;
}

/** The tags `{% … %}` of a template by their first word. */
function* statements(text: string): Generator<Statement> {
  let open: Token | undefined;
  let tag: string | undefined;
  for (const token of lex(text)) {
    if (token.kind === 'open') [open, tag] = [token.text === '{%' ? token : undefined, undefined];
    else if (open !== undefined && token.kind === 'name') tag ??= token.text;
    else if (open !== undefined && tag !== undefined && token.kind === 'close') {
      yield { tag, start: open.at, end: token.at + token.text.length };
    }
  }
}

/** Cuts the tags out as chat engines would: `-` strips blanks, and a tag alone takes its line break along. */
function stripGeneration({ entry, text, isWhole }: ChatTemplate): Fix | undefined {
  // U+FFFD stands for bytes that cannot be written back.
  if (!isWhole || text.includes('\ufffd')) return undefined;
  let value = '';
  let from = 0;
  for (const { tag, start, end } of statements(text)) {
    if (!GENERATION.has(tag)) continue;
    const before = text.slice(from, start);
    value += text[start + 2] === '-' ? before.trimEnd() : before.replace(/(^|\n)[ \t]{1,200}$/, '$1');
    from = end;
    if (text[end - 3] === '-') while (from < text.length && /\s/.test(text[from]!)) from += 1;
    else if (text[from] === '\n') from += 1;
  }
  return {
    safety: 'safe',
    title: `Cut the generation tags out of ${printable(entry.key)}`,
    edits: [{ op: 'set-metadata', key: entry.key, value: { type: 'string', value: value + text.slice(from) } }],
  };
}
