/** How a renderer marks text. Below `cli/` nobody knows colours: the command line passes functions that do. */
export interface Styles {
  readonly heading: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly error: (text: string) => string;
}

const same = (text: string): string => text;

/** No marks at all: for pipes, files and tests. */
export const PLAIN: Styles = { heading: same, faint: same, good: same, warning: same, error: same };

/** What a text renderer has to know of the place that its text goes to. */
export interface Page {
  /** Columns; long values are cut to fit. `Infinity` cuts nothing. */
  readonly width: number;
  readonly styles: Styles;
}
