import type { Job } from './job.js';

/**
 * Most bytes of disk that jobs take besides what is there, `atOnce` of them at a time: all that stays, and what the ones that need
 * most of the rest leave over. Scores stay until the last comparison. An upper bound: what is replaced is not taken off. Pure.
 */
export function peakBytes(jobs: readonly Job[], atOnce: number): number {
  const kept = jobs.reduce((sum, job) => sum + keptBytes(job), 0);
  const passing = jobs.map((job) => Math.max(0, job.scratchBytes - keptBytes(job))).sort((a, b) => b - a);
  return passing.slice(0, atOnce).reduce((sum, bytes) => sum + bytes, kept);
}

function keptBytes({ kind, output, scratchBytes }: Job): number {
  if (kind === 'scores') return scratchBytes;
  return output === undefined || output.isInPlace ? 0 : (output.bytes ?? scratchBytes);
}
