const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes of `1024`, `50 GB`, `50G` or `4.5 GiB`; `undefined` for what is no size. */
export function parseSize(size: number | string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,16}(?:\.\d{1,6})?) ?([kmgt]?i?b|[kmgt]i?)?$/i.exec(`${size}`) ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[nameOf(unit)] ?? Number.NaN));
  return digits !== '' && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** The B may be left out, as in the arguments of llama.cpp, where 2G is decimal too. */
function nameOf(unit: string): string {
  const name = unit.toLowerCase();
  return name.endsWith('b') ? name : `${name}b`;
}
