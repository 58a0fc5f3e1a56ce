/** One axis of a plot: where values lie on it and which of them are marked. */
export interface Axis {
  /** The place of a value, in pixels from the axis's start; a value off the axis is put at its end. */
  place(value: number): number;
  readonly ticks: readonly Tick[];
}

/** A value that is marked on an axis. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Free room at both ends of an axis, as a share of what it shows. */
const MARGIN = 0.08;
const WANTED_TICKS = 6;

/** An axis for sizes in bytes, linear, marked in whole steps of MiB or GiB. */
export function sizeAxis(values: readonly number[], pixels: number): Axis {
  const [low, high] = rangeOf(values, (value) => Math.max(1, value * 0.1));
  const [unit, name] = high < 2 ** 30 ? [2 ** 20, 'MiB'] : [2 ** 30, 'GiB'];
  const step = roundStep((high - low) / unit / WANTED_TICKS);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let n = Math.ceil(low / unit / step); n * step * unit <= high; n += 1) {
    ticks.push({ value: n * step * unit, text: `${(n * step).toFixed(digits)} ${name}` });
  }
  return { place: (value) => clamp((value - low) / (high - low)) * pixels, ticks };
}

/** Smallest divergence that llama-perplexity prints, in nats. */
const SMALLEST = 1e-6;

/** An axis for divergences, logarithmic. What is not above zero, as a model against itself can be, is put at its start. */
export function divergenceAxis(values: readonly number[], pixels: number): Axis {
  const logs = values.map((value) => Math.log10(Math.max(SMALLEST, value)));
  const [low, high] = rangeOf(logs, () => 0.5);
  const place = (value: number): number => clamp((Math.log10(Math.max(SMALLEST, value)) - low) / (high - low)) * pixels;
  const steps = high - low > 3 ? [1] : [1, 2, 5];
  const ticks: Tick[] = [];
  for (let decade = Math.floor(low); decade <= high; decade += 1) {
    for (const step of steps) {
      const log = decade + Math.log10(step);
      const text = (step * 10 ** decade).toFixed(Math.max(0, -decade));
      if (log >= low && log <= high) ticks.push({ value: 10 ** log, text });
    }
  }
  return { place, ticks };
}

/** From the smallest to the largest, with some room; so much around a single value. */
function rangeOf(values: readonly number[], around: (value: number) => number): [low: number, high: number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = high > low ? (high - low) * MARGIN : around(high);
  return [low - room, high + room];
}

/** The next of 1, 2 and 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((step) => step * power >= rough) ?? 10) * power;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
