import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { eachTemplate } from './each-template.js';

/** A template that is longer than any honest one. */
interface Oversized {
  readonly key: string;
  readonly length: number;
}

/** The largest known templates have some 30 KB. */
const MAX_LENGTH = 256 * 1024;

/** A very long template. */
export const oversized = defineRule<Oversized>({
  id: 'template/oversized',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'A chat template has at most 256 Ki characters.',
    why: 'Runtimes parse it whenever they load the model. Known templates have at most some 30 KB; a much longer one was damaged, or hides something.',
    example: 'A template of 10 MB.',
    remedy: 'Take the template of the original model.',
    fix: 'None: what could be left out is unknown.',
    sources: ['The chat templates of current models'],
  },
  find: ({ header }) =>
    eachTemplate(header, ({ entry, text: { length } }) =>
      length > MAX_LENGTH ? { key: entry.key, length } : undefined,
    ),
  describe: ({ key, length }) =>
    `${quoted(key)} has ${length} characters, expected at most ${MAX_LENGTH}: it is damaged or hides something`,
});
