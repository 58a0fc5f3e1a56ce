import type { Finding, Rule } from '../../../src/checks/check.js';
import type { Policy } from '../../../src/checks/policy/policy.js';
import { runChecks } from '../../../src/checks/run.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';

/** A small model that says who made it. */
export function model(): GgufBuilder {
  return gguf()
    .metadata('general.architecture', { type: 'string', value: 'llama' })
    .metadata('general.quantized_by', { type: 'string', value: 'Somebody' })
    .metadata('general.license', { type: 'string', value: ' ' })
    .metadata('general.source.url', { type: 'string', value: 'https://example.org' })
    .tensor('a', 'Q8_0', [32, 2])
    .tensor('b', 'F32', [8])
    .tensor('c', 'Q4_0', [32, 2])
    .tensor('d', 'Q8_0', [32, 2]);
}

/** What a rule finds under a policy; no policy means that nobody has one. */
export function found(rule: Rule, policy?: Policy, bytes = model().bytes()): Finding[] {
  const evidence = policy === undefined ? {} : { policy };
  return runChecks(parseHeader(bytes), { rules: [rule], evidence });
}
