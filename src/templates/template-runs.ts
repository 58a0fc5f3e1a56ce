/** What the sandboxed renderer made of one chat template. */
export interface TemplateRun {
  /** The key that holds it: `tokenizer.chat_template` or a named one. */
  readonly key: string;
  /** Why it does not parse, in the renderer's words. */
  readonly parseError?: string;
  /** How each sample conversation came out, in order. After one that had to be stopped no other is tried. */
  readonly renders: readonly TemplateRender[];
  /** Why it was not tried at all; there are no renders then. */
  readonly notTried?: NotTried;
}

/** Why a template was not tried: it, or what stands before it in the file, passed a limit. */
export type NotTried = 'too-long' | 'too-many' | 'out-of-time';

/** One conversation put through a template. */
export interface TemplateRender {
  readonly sample: SampleName;
  readonly outcome: 'rendered' | 'failed' | 'timed-out' | 'too-large';
  /** The text, at most so much as a rule can use; absent unless rendered. */
  readonly text?: string;
  /** Why it failed. */
  readonly error?: string;
}

/** The sample conversations, in the order in which they are tried. */
export type SampleName = 'user' | 'multi-turn' | 'system' | 'tools';

/** Every template of a file, in file order. */
export type TemplateRuns = readonly TemplateRun[];
