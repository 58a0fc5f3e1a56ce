import type { Finding, Rule } from '../../../src/checks/check.js';
import { runChecks } from '../../../src/checks/run.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { TemplateRuns } from '../../../src/templates/template-runs.js';
import type { GgufBuilder } from '../../support/gguf-builder.js';
import { cleanFile } from '../rule-test.js';

/** A clean file with this template. */
export const templateFile = (value: string): GgufBuilder =>
  cleanFile().metadata('tokenizer.chat_template', { type: 'string', value });

/** What a rule finds with the evidence of the renderer. */
export const withRuns = (rule: Rule, template: TemplateRuns): Finding[] =>
  runChecks(parseHeader(templateFile('x').bytes()), { rules: [rule], evidence: { template } });
