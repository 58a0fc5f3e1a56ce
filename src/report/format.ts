/** Bytes as people read them: `217 B`, `56.4 MiB`, `4.1 GiB`. */
export function formatBytes(bytes: number | bigint): string {
  return scaled(Number(bytes), 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']);
}

/** A count as people say it: `730`, `29.5 M`, `4.46 B`. */
export function formatCount(count: number | bigint): string {
  return scaled(Number(count), 1000, ['', 'K', 'M', 'B', 'T', 'Q']);
}

/** A whole number with all digits, in groups of three: `262,144`. */
export function formatInteger(value: number | bigint): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 key`, `1,280 tokens`. */
export function formatAmount(count: number | bigint, thing: string): string {
  return `${formatInteger(count)} ${thing}${Number(count) === 1 ? '' : 's'}`;
}

/** A time span: `0.42 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toPrecision(2).slice(0, 4)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Bits per weight, with two digits after the point. */
export function formatBits(bits: number | undefined): string {
  return bits === undefined ? '?' : bits.toFixed(2);
}

/** Three digits are enough to tell sizes apart: 1.23, 12.3, 123. */
function scaled(value: number, step: number, units: readonly string[]): string {
  let scaledValue = value;
  let unit = 0;
  // 999.5 would print as 1000 of its unit.
  while (scaledValue >= (unit === 0 ? step : 999.5) && unit < units.length - 1) {
    scaledValue /= step;
    unit += 1;
  }
  const digits = unit === 0 ? `${value}` : withThreeDigits(scaledValue);
  return `${digits} ${units[unit]}`.trimEnd();
}

function withThreeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value.toFixed(value < 99.95 ? 1 : 0);
}
