/** One line of a `SHA256SUMS` file. */
export interface ChecksumLine {
  /** Path of the file as it is written there. */
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The lines of a `SHA256SUMS` file, in the form of `sha256sum` (`HASH  NAME`, `HASH *NAME`) or of BSD and `--tag`
 * (`SHA256 (NAME) = HASH`). Comments and what is neither are left out.
 */
export function parseChecksums(text: string): ChecksumLine[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((raw, index) => {
      const parsed = parseLine(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
      return parsed === undefined ? [] : [{ ...parsed, line: index + 1 }];
    });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

function parseLine(line: string): Omit<ChecksumLine, 'line'> | undefined {
  const plain = /^(\\?)([0-9a-f]{64}) [ *](.+)$/i.exec(line);
  if (plain !== null) {
    // A backslash in front says that the name has escapes.
    const name =
      plain[1] === '' ? plain[3]! : plain[3]!.replace(/\\([\\nr])/g, (_, letter) => ESCAPES[letter] ?? letter);
    return { name, sha256: plain[2]!.toLowerCase() };
  }
  const tagged = /^SHA256 \((.+)\) = ([0-9a-f]{64})$/i.exec(line);
  return tagged === null ? undefined : { name: tagged[1]!, sha256: tagged[2]!.toLowerCase() };
}
