import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';

/**
 * A program that takes part in a race.
 * @typedef {object} Contender
 * @property {string} name
 * @property {readonly string[]} command program and arguments
 * @property {() => void} [prepare] called before each run, outside the measured time
 * @property {number} [rounds] runs at most, where one of minutes says enough
 */

/**
 * What the runs of a contender came to.
 * @typedef {object} Result
 * @property {number} seconds wall time of the whole process, of the best run
 * @property {number | null} peakBytes largest resident memory of any run
 * @property {number | null} writtenBytes fewest bytes that a run wrote, as Linux counts them: whole pages; more only
 *   where the file system did its own housekeeping in that run
 * @property {string} stdout of the last run
 * @property {string} [failure] why there is no result; the figures mean nothing then
 */

const GNU_TIME = '/usr/bin/time';
const PEAK_MARK = 'ggufix-bench-peak-kb';

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

/**
 * Runs all contenders in turn, `rounds` times, so that whatever else the machine does hits them alike; each round
 * begins with another one. A contender that fails once is out.
 * @param {readonly Contender[]} contenders
 * @param {number} rounds
 * @returns {Promise<Record<string, Result>>} by name
 */
export async function race(contenders, rounds) {
  /** @type {Record<string, Result>} */
  const results = {};
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(round + turn) % contenders.length];
      const before = results[contender.name];
      const isOut = before?.failure !== undefined || round >= (contender.rounds ?? rounds);
      if (!isOut) results[contender.name] = better(before, await runOnce(contender));
    }
  }
  return results;
}

/** Ends every program that is running now. */
export function killChildren() {
  for (const { pid } of children) {
    if (pid === undefined) continue;
    try {
      // The whole group: the program may be a shell's or time's child.
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/**
 * @param {Contender} contender
 * @returns {Promise<Result>}
 */
async function runOnce({ command, prepare }) {
  prepare?.();
  const writtenBefore = bytesWritten();
  const start = process.hrtime.bigint();
  const { code, stdout, stderr } = await runToEnd([...timeCommand(), ...command]);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const writtenAfter = bytesWritten();
  const [text, peakKb] = stderr.split(PEAK_MARK);
  const result = {
    seconds,
    peakBytes: peakKb === undefined ? null : Number(peakKb) * 1024,
    writtenBytes: writtenBefore === null || writtenAfter === null ? null : writtenAfter - writtenBefore,
    stdout,
  };
  return code === 0 ? result : { ...result, failure: `${command[0]} ended with ${code}: ${lastLine(text)}` };
}

/** @param {readonly string[]} command */
async function runToEnd([program, ...args]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  children.add(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  try {
    const [code, signal] = await once(child, 'close');
    return { code: code ?? signal, ...output };
  } catch (error) {
    return { code: error.code, ...output };
  } finally {
    children.delete(child);
  }
}

/** GNU time in front of a command adds its peak memory to stderr. Nothing where there is no GNU time. */
function timeCommand() {
  timePrefix ??= hasGnuTime() ? [GNU_TIME, '-f', `${PEAK_MARK} %M`] : [];
  return timePrefix;
}

/** @type {readonly string[] | undefined} */
let timePrefix;

function hasGnuTime() {
  return existsSync(GNU_TIME) && /GNU/.test(String(spawnSync(GNU_TIME, ['--version']).output));
}

/**
 * Bytes that this process and all children that it has waited for have caused to be written; null where the system does
 * not count them. The bench itself writes nothing while a contender runs, so a difference is that contender's.
 */
function bytesWritten() {
  try {
    const text = readFileSync('/proc/self/io', 'utf8');
    const count = (name) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
    // Pages of files that were removed before they went to the disk do not count.
    return count('write_bytes') - count('cancelled_write_bytes');
  } catch {
    return null;
  }
}

/**
 * @param {Result | undefined} a
 * @param {Result} b
 * @returns {Result}
 */
function better(a, b) {
  if (a === undefined || b.failure !== undefined) return b;
  const known = (x, y, choose) => (x === null || y === null ? null : choose(x, y));
  return {
    seconds: Math.min(a.seconds, b.seconds),
    peakBytes: known(a.peakBytes, b.peakBytes, Math.max),
    writtenBytes: known(a.writtenBytes, b.writtenBytes, Math.min),
    stdout: b.stdout,
  };
}

/** @param {string} text */
function lastLine(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Command exited'));
  return lines.at(-1)?.trim() ?? 'no message';
}
