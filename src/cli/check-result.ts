import type { Finding } from '../checks/check.js';
import { RULES } from '../checks/index.js';
import { checkFile } from './check-file.js';
import { readCheckFlags } from './check-flags.js';
import { openConfigs } from './config-finder.js';
import { evidenceTools } from './evidence-tools.js';
import type { SharedFlags } from './flags.js';
import { GATHERERS } from './gather-evidence.js';
import type { LazyPool } from './lazy-pool.js';
import type { Terminal } from './terminal.js';

/** What `ggufix check` says of files that a command has just made: errors and warnings, by the default profile. */
export async function checkResults(
  terminal: Terminal,
  flags: SharedFlags,
  pool: LazyPool,
  files: readonly string[],
): Promise<Finding[]> {
  const { profile, targets, extraNeeds, config } = readCheckFlags({});
  await using tools = evidenceTools(flags);
  const request = {
    ...tools,
    pool,
    terminal,
    flags,
    rules: RULES,
    gatherers: GATHERERS,
    configs: await openConfigs(config),
    profile,
    targets,
    extraNeeds,
    skipped: new Set<string>(),
  };
  const findings: Finding[] = [];
  for (const file of files) findings.push(...(await checkFile(file, request)));
  return findings.filter(({ severity }) => severity !== 'info');
}
