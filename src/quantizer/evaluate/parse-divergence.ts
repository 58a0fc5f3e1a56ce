import type { Divergence, Estimate } from './divergence.js';

/** Collects what llama-perplexity prints on stdout. Keeps the figures and the last row of the table, no more. */
export interface DivergenceReader {
  add(line: string): void;
  /** Chunks of the table so far. */
  chunks(): number;
  /**
   * The figures, of a run over so many chunks; `undefined` where what was printed does not give all that are not
   * optional.
   */
  result(chunks: number): Divergence | undefined;
}

/**
 * Reads the statistics that `llama-perplexity --kl-divergence` prints at its end and, where lines of them are missing,
 * the last row of its table, which has most of the same figures with fewer digits. Its logger runs in a thread of its own
 * and sometimes does not get to print everything before the program ends, with exit code 0.
 */
export function divergenceReader(): DivergenceReader {
  const summary = new Map<string, Figure>();
  let row: Row | undefined;
  return {
    add(text) {
      const line = text.replace(STYLE_CODES, '');
      row = parseRow(line) ?? row;
      const figure = parseFigure(line);
      if (figure !== undefined) summary.set(figure.name, figure);
    },
    chunks: () => row?.chunk ?? 0,
    // A row before the last is a mean of fewer tokens: the program gave up in between.
    result: (chunks) => assemble(summary, row?.chunk === chunks ? row : undefined),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what such a code begins with
const STYLE_CODES = /\u001b\[[\d;]*m/g;

const NUMBER = String.raw`([-+]?(?:\d+(?:\.\d+)?|nan|inf))`;
const ESTIMATE = `${NUMBER} +± +${NUMBER}`;

/** One chunk's row of the table: running means over all chunks so far. */
interface Row {
  readonly chunk: number;
  readonly perplexity: Estimate;
  readonly logRatio: Estimate;
  readonly meanKld: Estimate;
  readonly rmsDeltaP: Estimate;
  readonly sameTop: Estimate;
}

const ROW = new RegExp(String.raw`^ *(\d+) +${ESTIMATE} +${ESTIMATE} +${ESTIMATE} +${ESTIMATE} % +${ESTIMATE} %\s*$`);

function parseRow(line: string): Row | undefined {
  const [, chunk, ...cells] = ROW.exec(line) ?? [];
  if (chunk === undefined) return undefined;
  const at = (i: number): Estimate => ({ value: toNumber(cells[2 * i]), error: toNumber(cells[2 * i + 1]) });
  return {
    chunk: Number(chunk),
    perplexity: at(0),
    logRatio: at(1),
    meanKld: at(2),
    rmsDeltaP: at(3),
    sameTop: at(4),
  };
}

/** A line of the statistics; percentiles have no error. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly error: number | undefined;
}

/** `Mean    KLD:   0.013539 ±   0.000520`, `99.9%   KLD:   0.176359`, `Same top p: 92.314 ± 0.746 %`. */
const FIGURE = new RegExp(String.raw`^ *([^:]*\S) *: +${NUMBER}(?: +± +${NUMBER})?(?: *%)?\s*$`);

function parseFigure(line: string): Figure | undefined {
  const [, name, value, error] = FIGURE.exec(line) ?? [];
  if (name === undefined) return undefined;
  return {
    name: name.replace(/\s+/g, ' '),
    value: toNumber(value),
    error: error === undefined ? undefined : toNumber(error),
  };
}

/** Also for the names that C gives to what is no number. */
function toNumber(text: string | undefined): number {
  return Number(text?.replace('inf', 'Infinity'));
}

function assemble(summary: ReadonlyMap<string, Figure>, row: Row | undefined): Divergence | undefined {
  const estimate = (name: string): Estimate | undefined => {
    const { value, error } = summary.get(name) ?? {};
    return value === undefined || error === undefined ? undefined : { value, error };
  };
  const meanKld = estimate('Mean KLD') ?? row?.meanKld;
  const sameTop = estimate('Same top p') ?? row?.sameTop;
  const rmsDeltaP = estimate('RMS Δp') ?? row?.rmsDeltaP;
  const perplexity = estimate('Mean PPL(Q)') ?? row?.perplexity;
  const perplexityRatio = estimate('Mean PPL(Q)/PPL(base)') ?? (row && exponential(row.logRatio));
  if (!meanKld || !sameTop || !rmsDeltaP || !perplexity || !perplexityRatio) return undefined;
  const basePerplexity = estimate('Mean PPL(base)');
  const medianKld = summary.get('Median KLD')?.value;
  const kld999 = summary.get('99.9% KLD')?.value;
  return {
    meanKld,
    ...(medianKld === undefined ? {} : { medianKld }),
    ...(kld999 === undefined ? {} : { kld999 }),
    sameTop,
    rmsDeltaP,
    perplexity,
    ...(basePerplexity === undefined ? {} : { basePerplexity }),
    perplexityRatio,
  };
}

/** The estimate of exp(x), its error to first order: as llama-perplexity makes the ratio from its logarithm. */
function exponential({ value, error }: Estimate): Estimate {
  return { value: Math.exp(value), error: Math.exp(value) * error };
}
