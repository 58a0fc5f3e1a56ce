import type { Header } from '../gguf/model.js';
import { MAX_TEMPLATE_BYTES } from '../limits.js';
import { Sandbox, sandboxUrl } from './sandbox.js';
import { specialToken } from './special-token.js';
import type { NotTried, TemplateRun, TemplateRuns } from './template-runs.js';
import { type ChatTemplate, templatesOf } from './templates-of.js';

/** Time for one template with all samples. Real ones take some milliseconds. */
const TIMEOUT_MS = 1000;

/** Time for all templates of a file together, in times of one; those that are left then are not tried. */
const TOTAL_TIMEOUTS = 1.5;

/** Templates of one file that are tried, the default one first. Real files have one to five. */
const MAX_TEMPLATES = 32;

/** Longest prompt that the samples, some 500 characters, may give. */
const MAX_OUTPUT = 2 ** 20;

/** How much of a prompt rules look at. */
const MAX_TEXT = 16_384;

/** How templates are tried. */
export interface RunTemplatesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one template; a file with several gets at most half as much again. */
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
  const templates = templatesOf(header);
  if (templates.length === 0) return [];
  const { signal, timeoutMs = TIMEOUT_MS, childUrl = sandboxUrl() } = options;
  await using own = new Sandbox(childUrl);
  const sandbox = options.sandbox ?? own;
  const tokens = { bos_token: specialToken(header, 'bos'), eos_token: specialToken(header, 'eos') };
  let left = timeoutMs * TOTAL_TIMEOUTS;
  const runs: TemplateRun[] = [];
  for (const [index, template] of templates.entries()) {
    const { entry, text } = template;
    const notTried = obstacle(template, index) ?? (left < 1 ? 'out-of-time' : undefined);
    if (notTried !== undefined) {
      runs.push({ key: entry.key, renders: [], notTried });
      continue;
    }
    const request = { text, tokens, maxOutput: MAX_OUTPUT, maxText: MAX_TEXT };
    const { milliseconds, ...outcome } = await sandbox.run(request, { timeoutMs: Math.min(timeoutMs, left), signal });
    left -= milliseconds;
    runs.push({ key: entry.key, ...outcome });
  }
  return runs;
}

function obstacle({ bytes, isWhole }: ChatTemplate, index: number): NotTried | undefined {
  if (bytes > MAX_TEMPLATE_BYTES) return 'too-long';
  return index >= MAX_TEMPLATES || !isWhole ? 'too-many' : undefined;
}
