import { type CheckedFile, checkDocument } from '../check.js';
import { renderGithub } from './github.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import type { ReportContext } from './report-context.js';
import { renderSarif } from './sarif.js';

/** Makes a whole report. It depends on its arguments alone: no clock, no folder, no random order. */
export type RenderCheck = (files: readonly CheckedFile[], context: ReportContext) => string;

/** Every report of `check` that is a document; the table goes to a terminal and is apart. */
export const RENDERERS = {
  json: (files) => `${JSON.stringify(checkDocument(files), null, 2)}\n`,
  sarif: renderSarif,
  junit: (files) => renderJunit(files),
  github: (files) => renderGithub(files),
  markdown: (files) => renderMarkdown(files),
} as const satisfies Readonly<Record<string, RenderCheck>>;
