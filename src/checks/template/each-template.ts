import { entryPlace, type Header } from '../../gguf/model.js';
import { type ChatTemplate, templatesOf } from '../../templates/templates-of.js';
import type { Found } from '../check.js';
import { perHeader } from '../facts/per-header.js';

/** Every chat template of a file that is text. */
export const templates = perHeader((header): readonly ChatTemplate[] => templatesOf(header));

/** One finding for each template that `judge` has something to say about. */
export function eachTemplate<D>(header: Header, judge: (template: ChatTemplate) => D | undefined): Found<D>[] {
  return templates(header).flatMap((template) => {
    const data = judge(template);
    return data === undefined ? [] : [{ place: entryPlace(template.entry), data }];
  });
}
