import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { MAX_TEMPLATE_BYTES, MAX_TEMPLATES_BYTES } from '../../limits.js';
import { defineRule } from '../check.js';
import { templates } from './each-template.js';

/** A template that is longer than any honest one, or all of them together. */
interface Oversized {
  /** Of several that are too long together, the last one. */
  readonly key: string;
  readonly bytes: number;
  readonly isTotal: boolean;
}

/** A very long template. */
export const oversized = defineRule<Oversized>({
  id: 'template/oversized',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'A chat template has at most 256 KiB, and all templates of a file 512 KiB.',
    why: 'Runtimes parse it whenever they load the model. Known templates have at most some 30 KB; a much longer one was damaged, or hides something. ggufix reads no more: what stands behind is not judged by any rule.',
    example: 'A template of 10 MB.',
    remedy: 'Take the template of the original model.',
    fix: 'None: what could be left out is unknown.',
    sources: ['The chat templates of current models'],
  },
  *find({ header }) {
    for (const { entry, bytes } of templates(header)) {
      if (bytes > MAX_TEMPLATE_BYTES)
        yield { place: entryPlace(entry), data: { key: entry.key, bytes, isTotal: false } };
    }
    const last = templates(header).at(-1);
    const total = templates(header).reduce((sum, { bytes }) => sum + bytes, 0);
    if (last === undefined || last.bytes === total || total <= MAX_TEMPLATES_BYTES) return;
    yield { place: entryPlace(last.entry), data: { key: last.entry.key, bytes: total, isTotal: true } };
  },
  describe: ({ key, bytes, isTotal }) =>
    isTotal
      ? `the chat templates up to ${quoted(key)} have ${bytes} bytes together, expected at most ${MAX_TEMPLATES_BYTES}: they are damaged or hide something`
      : `${quoted(key)} has ${bytes} bytes, expected at most ${MAX_TEMPLATE_BYTES}: it is damaged or hides something`,
});
