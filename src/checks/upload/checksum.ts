/** The list of hashes that stands beside a file. */
export interface Checksum {
  /** Name of the list: `SHA256SUMS`. */
  readonly source: string;
  /** What the list says of the file and what is true; absent where it does not name the file. */
  readonly listed?: {
    /** Line of the list, from 1. */
    readonly line: number;
    /** Lower-case hex SHA-256. */
    readonly expected: string;
    readonly found: string;
  };
}
