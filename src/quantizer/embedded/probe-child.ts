/**
 * Script of the child process that `probe.ts` starts: opens llama.cpp, answers one request, ends.
 * Its stderr carries llama.cpp's warnings and errors, so that they survive a crash.
 */
import { writeSync } from 'node:fs';
import { isGgufError } from '../../errors.js';
import { LOG_LEVEL, openLlama } from './library.js';
import { probeWith } from './probe-llama.js';
import { type ProbeReply, type ProbeRequest, probeRequestSchema } from './probe-protocol.js';

const STDERR = 2;

process.once('disconnect', endAtOnce);
process.once('message', (message) => {
  void answer(probeRequestSchema.parse(message)).then((reply) => process.send?.(reply, leave));
});

async function answer(request: ProbeRequest): Promise<ProbeReply> {
  try {
    const library = await openLlama(request.package);
    library.onLog(warningsTo(STDERR));
    return await probeWith(library, request);
  } catch (error) {
    if (isGgufError(error, 'unavailable')) return { kind: 'unavailable', what: error.message };
    throw error;
  }
}

/** Writes warnings and errors and drops the rest: llama.cpp tells hundreds of lines about a good file. */
function warningsTo(fd: number): (level: number, text: string) => void {
  let writing = false;
  return (level, text) => {
    if (level !== LOG_LEVEL.continued) writing = level === LOG_LEVEL.warning || level === LOG_LEVEL.error;
    if (writing) writeSync(fd, text);
  };
}

function leave(): void {
  process.off('disconnect', endAtOnce);
  process.disconnect();
}

/** The parent is gone while a native call may be running on another thread: no clean-up is safe. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
