/** What a publisher demands of files beyond what readers do; each part only where it is wanted. */
export interface Policy {
  /** The only tensor types that may occur. */
  readonly types?: readonly string[];
  /** Keys that must be there; `*` and `?` are wildcards, and one match will do. */
  readonly keys?: readonly string[];
  /** Keys that must be there and say something: who made the file, from what, under which license. */
  readonly provenance?: readonly string[];
  /** Largest size of one file in bytes. */
  readonly maxBytes?: number;
}
