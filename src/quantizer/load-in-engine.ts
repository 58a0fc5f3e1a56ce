import type { EngineVerdict } from '../checks/engine/verdict.js';
import { isGgufError } from '../errors.js';
import { locateLlama } from './embedded/locate.js';
import { type ProbeOptions, type ProbeOutcome, probeModel } from './embedded/probe.js';

/**
 * Loads a file in llama.cpp, in a child process with a time limit. Where llama.cpp is not installed the verdict says so.
 * There is no limit for the child's memory: one on its address space would count the mapped model as well.
 */
export async function loadInEngine(file: string, options: ProbeOptions = {}): Promise<EngineVerdict> {
  try {
    const engine = `llama.cpp ${(await locateLlama()).release}`;
    return verdictOf(engine, await probeModel(file, options));
  } catch (error) {
    if (!isGgufError(error, 'unavailable')) throw error;
    return { engine: 'llama.cpp', outcome: 'unavailable', messages: [error.message] };
  }
}

/** The outcome of a probe as the rules see it. */
export function verdictOf(engine: string, outcome: ProbeOutcome): EngineVerdict {
  switch (outcome.kind) {
    case 'loaded':
      return { engine, outcome: 'loaded', messages: [] };
    case 'refused':
      return { engine, outcome: 'refused', messages: outcome.words };
    case 'crashed':
      return { engine, outcome: 'crashed', messages: [...outcome.words, `ended by ${outcome.how}`] };
    case 'timed-out':
      return { engine, outcome: 'crashed', messages: [...outcome.words, `no end after ${outcome.timeoutMs} ms`] };
  }
}
