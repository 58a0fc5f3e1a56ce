import type { LlamaLibrary, Pointer } from '../../embedded/library.js';
import type { LlamaApi } from '../../embedded/llama-api.js';

/** A token at a place of a sequence. */
export interface PlacedToken {
  readonly token: number;
  readonly sequence: number;
  readonly position: number;
  /** Whether the scores after it are wanted. */
  readonly isScored: boolean;
}

/** Computes a batch of tokens; the status is llama.cpp's, 0 for success. */
export async function decodeTokens(
  library: LlamaLibrary,
  api: LlamaApi,
  context: Pointer,
  tokens: readonly PlacedToken[],
): Promise<number> {
  const numbers = (pick: (token: PlacedToken) => number): Int32Array => Int32Array.from(tokens, pick);
  const sequences = numbers(({ sequence }) => sequence);
  const address = library.koffi.address(sequences);
  const lists = BigUint64Array.from(tokens, (_, index) => address + BigInt(index * Int32Array.BYTES_PER_ELEMENT));
  const status = await api.decode(context, {
    n_tokens: tokens.length,
    token: numbers(({ token }) => token),
    embd: null,
    pos: numbers(({ position }) => position),
    n_seq_id: new Int32Array(tokens.length).fill(1),
    seq_id: lists, // each points into `sequences`
    logits: Int8Array.from(tokens, ({ isScored }) => (isScored ? 1 : 0)),
  });
  return sequences.length === tokens.length ? status : -1; // a mention, so that it is kept until C is done
}
