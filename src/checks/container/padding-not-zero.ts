import { defineRule } from '../check.js';

interface NotZero {
  /** Byte offset of the first byte that is not zero. */
  readonly at: number;
  readonly value: number;
}

/** Padding before the data section that is not all zero. */
export const paddingNotZero = defineRule<NotZero>({
  id: 'container/padding-not-zero',
  severity: 'info',
  needs: 'edges',
  affects: [],
  docs: {
    summary: 'The padding between the header and the data section is zero.',
    why: 'No reader looks at it, so the model works. But the same model then has another checksum on each run of such a writer, and the bytes may be remains of its memory.',
    example: 'A writer that seeks to the next multiple of 32 in a file that was there before.',
    remedy: 'Any ggufix command that rewrites the whole file writes zeros.',
    fix: 'None: the bytes harm nobody.',
    sources: ['GGUF specification, ggml/docs/gguf.md', 'llama.cpp 0.7.0 (loads such files)'],
  },
  *find({ header, evidence }) {
    const { headerPadding = new Uint8Array() } = evidence.edges ?? {};
    const index = headerPadding.findIndex((byte) => byte !== 0);
    if (index < 0) return;
    const at = header.infoEnd + index;
    const place = { kind: 'file', offset: header.infoEnd, length: header.dataOffset - header.infoEnd } as const;
    yield { place, data: { at, value: headerPadding[index]! } };
  },
  describe: ({ at, value }) =>
    `the padding before the data section has byte ${value} at ${at}, expected zeros: no reader minds`,
});
