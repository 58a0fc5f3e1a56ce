import type { Finding } from '../checks/check.js';
import { RULES } from '../checks/index.js';
import { openConfigs } from '../config/open-configs.js';
import { checkFile } from '../evidence/check-file.js';
import type { LazyPool } from '../evidence/lazy-pool.js';
import { evidenceTools } from '../evidence/tools.js';
import { evidenceContext } from './evidence-context.js';
import type { SharedFlags } from './flags.js';
import type { Terminal } from './terminal.js';

/** What `ggufix check` says of files that a command has just made: errors and warnings, by the default profile. */
export async function checkResults(
  terminal: Terminal,
  flags: SharedFlags,
  pool: LazyPool,
  files: readonly string[],
): Promise<Finding[]> {
  await using tools = evidenceTools({ threads: flags.threads, pool });
  const configs = await openConfigs(undefined);
  const request = { ...evidenceContext(terminal, flags), rules: RULES, configs, tools };
  const findings: Finding[] = [];
  for (const file of files) findings.push(...(await checkFile(file, request)));
  return findings.filter(({ severity }) => severity !== 'info');
}
