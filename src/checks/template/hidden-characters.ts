import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { eachTemplate } from './each-template.js';

/** Characters that a reader of a template does not see. */
interface Hidden {
  readonly key: string;
  /** The first kinds, as `U+200B`. */
  readonly characters: readonly string[];
  readonly count: number;
}

/** Spaces without width, marks that turn the direction of text, tag characters, private use. Joiners belong to scripts. */
const HIDDEN =
  /[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ue000-\uf8ff\u{e0000}-\u{e007f}\u{f0000}-\u{10ffff}]/gu;
const MOST_KINDS = 8;

/** A template with text that cannot be seen. */
export const hiddenCharacters = defineRule<Hidden>({
  id: 'template/hidden-characters',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'A chat template has no invisible characters.',
    why: 'The model reads them, a person who reviews the template does not: instructions are hidden this way, and texts compared by eye seem equal.',
    example: 'Tag characters (U+E0000 to U+E007F) after the system prompt spell a sentence.',
    remedy:
      'Compare the template with the one of the original model, and take that where nobody can say what the characters are for.',
    fix: 'None: some models have tokens with such characters, and taking them out would change the prompt.',
    sources: ['Unicode Technical Standard 39', 'Boucher and Anderson, "Trojan Source", 2021'],
  },
  find: ({ header }) =>
    eachTemplate(header, ({ entry, text }) => {
      const kinds = new Set<string>();
      let count = 0;
      for (const [character] of text.matchAll(HIDDEN)) {
        count += 1;
        if (kinds.size < MOST_KINDS) kinds.add(codeOf(character));
      }
      return count === 0 ? undefined : { key: entry.key, characters: [...kinds], count };
    }),
  describe: ({ key, characters, count }) =>
    `${quoted(key)} has ${count} invisible characters (${characters.join(', ')}): the model reads what a reviewer cannot see`,
});

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
