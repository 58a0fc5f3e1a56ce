import type { Finding } from '../checks/check.js';

/** What a baseline makes of the findings of a run. */
export interface KnownFindings {
  /** The findings of a file that nobody accepted. */
  news(source: string, findings: readonly Finding[]): readonly Finding[];
  /** Called once at the end. */
  save(): Promise<void>;
}

/** Without a baseline every finding is new. */
const NOTHING_KNOWN: KnownFindings = { news: (_source, findings) => findings, save: async () => undefined };

/** Opens a baseline, to accept what it knows or, with `isUpdate`, to write what is found now and accept all of it. */
export async function openBaseline(file: string | undefined, isUpdate: boolean): Promise<KnownFindings> {
  if (file === undefined) return NOTHING_KNOWN;
  // Its schema takes longer to load than a header to check.
  const { nameInBaseline, readBaseline, writeBaseline } = await import('./baseline-file.js');
  const { BaselineWriter, newFindings } = await import('../checks/baseline.js');
  if (isUpdate) {
    const writer = new BaselineWriter();
    return {
      news(source, findings) {
        writer.add({ file: nameInBaseline(file, source), findings });
        return [];
      },
      save: async () => await writeBaseline(file, writer.baseline()),
    };
  }
  const counts = await readBaseline(file);
  return {
    news: (source, findings) => newFindings({ file: nameInBaseline(file, source), findings }, counts),
    save: async () => undefined,
  };
}
