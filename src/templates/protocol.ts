import type { TemplateRender } from './template-runs.js';

/** A template for the child to try. */
export interface TemplateRequest {
  readonly text: string;
  /** The texts of the special tokens, as a template sees them. */
  readonly tokens: { readonly bos_token: string; readonly eos_token: string };
  /** Longest output in UTF-16 units that is still a prompt. */
  readonly maxOutput: number;
  /** How much of it is handed back. */
  readonly maxText: number;
}

/** What the child says while it works: `started`, one `render` for each sample, then `done`; or after it `parse-error`. */
export type TemplateReply =
  | { readonly kind: 'started' }
  | { readonly kind: 'render'; readonly render: TemplateRender }
  | { readonly kind: 'parse-error'; readonly error: string }
  | { readonly kind: 'done' };
