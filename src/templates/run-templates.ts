import type { Header } from '../gguf/model.js';
import { Sandbox, sandboxUrl } from './sandbox.js';
import { specialToken } from './special-token.js';
import type { TemplateRun, TemplateRuns } from './template-runs.js';
import { templatesOf } from './templates-of.js';

/** Time for one template with all samples. Real ones take some milliseconds; starting the child takes as long as starting node. */
const TIMEOUT_MS = 3000;

/** Time for all templates of a file together; those that are left then are not tried. */
const TOTAL_TIMEOUTS = 3;

/** Templates of one file that are tried, the default one first. Real files have one to five. */
const MAX_TEMPLATES = 32;

/** Longest template that is tried; the largest known have 30 KB. A rule of its own speaks of longer ones. */
const MAX_TEMPLATE = 2 ** 20;

/** Longest prompt that the samples, some 500 characters, may give. */
const MAX_OUTPUT = 2 ** 20;

/** How much of a prompt rules look at. */
const MAX_TEXT = 16_384;

/** How templates are tried. */
export interface RunTemplatesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one template; a file with several gets at most three times as much. */
  readonly timeoutMs?: number;
  /** A sandbox to share between files, so that only the first one pays for its start; its owner disposes of it. */
  readonly sandbox?: Sandbox;
  /** The built module of the child, where it is not beside this one. */
  readonly childUrl?: URL;
}

/**
 * Tries the chat templates of a file in a sandbox; without any, at once and without a child process. None is left when it
 * settles, but a shared one. Rejects only with the signal's reason, whatever the templates do.
 */
export async function runTemplates(header: Header, options: RunTemplatesOptions = {}): Promise<TemplateRuns> {
  const templates = templatesOf(header)
    .filter(({ text }) => text.length <= MAX_TEMPLATE)
    // The shortest key is the default template's, which every program uses: it must not be what time runs out for.
    .sort((a, b) => a.entry.key.length - b.entry.key.length)
    .slice(0, MAX_TEMPLATES);
  if (templates.length === 0) return [];
  const { signal, timeoutMs = TIMEOUT_MS, childUrl = sandboxUrl() } = options;
  await using own = new Sandbox(childUrl);
  const sandbox = options.sandbox ?? own;
  const end = performance.now() + timeoutMs * TOTAL_TIMEOUTS;
  const tokens = { bos_token: specialToken(header, 'bos'), eos_token: specialToken(header, 'eos') };
  const runs: TemplateRun[] = [];
  for (const { entry, text } of templates) {
    const left = Math.min(timeoutMs, end - performance.now());
    if (left <= 0) break;
    const request = { text, tokens, maxOutput: MAX_OUTPUT, maxText: MAX_TEXT };
    runs.push({ key: entry.key, ...(await sandbox.run(request, { timeoutMs: left, signal })) });
  }
  return runs;
}
