import type { Finding, Safety, Severity } from '../checks/check.js';
import type { Place } from '../gguf/problems.js';

/** A finding as the documents of `check` and `fix` hold it. */
export interface FindingJson {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: Place;
  readonly affects: readonly string[];
  /** The targets of the run, where it affects none of them: its severity is `info` then. */
  readonly unaffectedTargets?: readonly string[];
  readonly fix?: { readonly safety: Safety; readonly title: string };
}

/** A finding without its edits: they are for programs that import the library. */
export function findingJson({ rule, severity, message, place, affects, unaffectedTargets, fix }: Finding): FindingJson {
  return {
    ...{ rule, severity, message, place, affects },
    ...(unaffectedTargets === undefined ? {} : { unaffectedTargets }),
    ...(fix === undefined ? {} : { fix: { safety: fix.safety, title: fix.title } }),
  };
}
