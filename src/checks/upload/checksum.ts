/** The hash that somebody published for a file, and the real one. */
export interface Checksum {
  /** Where the expected one stands: `SHA256SUMS`, line 3. */
  readonly source: string;
  readonly line: number;
  /** Lower-case hex SHA-256. */
  readonly expected: string;
  readonly found: string;
}
