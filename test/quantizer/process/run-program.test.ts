import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GgufError } from '../../../src/errors.js';
import { type RunProgramOptions, runProgram } from '../../../src/quantizer/process/run-program.js';
import { isAlive, pidIn, untilGone } from '../../support/processes.js';
import { tempFolder } from '../../support/temp.js';

const isPosix = process.platform !== 'win32';

/** Runs a script as a program of its own. */
function runScript(script: string, options?: RunProgramOptions, args: readonly string[] = []) {
  return runProgram(process.execPath, ['-e', script, ...args], options);
}

test('arguments reach the program as they are, since no shell sees them', async () => {
  const args = ['a b', '$HOME', '"quoted"', '; echo no', '*'];
  const lines: string[] = [];
  const onLine = (_stream: string, line: string): void => void lines.push(line);
  const end = await runScript('console.log(JSON.stringify(process.argv.slice(1)))', { onLine }, args);
  expect(end).toMatchObject({ exitCode: 0, signal: null });
  expect(lines).toEqual([JSON.stringify(args)]);
});

test('lines and last words come from both streams, and text before its line ends', async () => {
  const seen: string[] = [];
  const texts: string[] = [];
  const end = await runScript(
    `process.stdout.write('[1]2.5,'); setTimeout(() => { console.log('[2]2.6,'); console.error('oops'); process.exitCode = 3 }, 200)`,
    { onLine: (stream, line) => seen.push(`${stream}: ${line}`), onText: (_stream, text) => texts.push(text) },
  );
  expect(end.exitCode).toBe(3);
  expect(seen.toSorted()).toEqual(['stderr: oops', 'stdout: [1]2.5,[2]2.6,']);
  expect([...end.lastWords].sort()).toEqual(['[1]2.5,[2]2.6,', 'oops']);
  expect(texts).toContain('[1]2.5,');
});

test('a variable is added to our own environment', async () => {
  const { lastWords } = await runScript('console.log(process.env.GGUFIX_TEST, process.env.PATH !== undefined)', {
    env: { GGUFIX_TEST: 'yes' },
  });
  expect(lastWords).toEqual(['yes true']);
});

test.runIf(isPosix)('a program that aborts says by which signal', async () => {
  const end = await runScript(`process.kill(process.pid, 'SIGABRT'); setInterval(() => undefined, 1000)`);
  expect(end).toMatchObject({ exitCode: null, signal: 'SIGABRT' });
});

test('a program that does not exist is unavailable', async () => {
  const run = runProgram(path.join(tempFolder(), 'llama-quantize'), []);
  await expect(run).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^cannot start .*llama-quantize: no such program$/),
  });
});

test.runIf(isPosix)('a file that is no program is unavailable', async () => {
  const file = path.join(tempFolder(), 'text');
  writeFileSync(file, 'no program');
  await expect(runProgram(file, [])).rejects.toMatchObject({
    code: 'unavailable',
    message: `cannot start ${file}: it is not executable`,
  });
});

test('too many arguments are an error and no crash', async () => {
  await expect(runScript('', {}, ['x'.repeat(32 * 2 ** 20)])).rejects.toMatchObject({ code: 'unavailable' });
});

test('nothing is started for a signal that fired before', async () => {
  const run = runProgram('/does/not/exist', [], { signal: AbortSignal.abort() });
  await expect(run).rejects.toMatchObject({ code: 'aborted' });
});

test('a cancelled program is gone before the call returns, with what the caller cancelled for', async () => {
  const file = path.join(tempFolder(), 'pid');
  const controller = new AbortController();
  const script = `require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => undefined, 1000)`;
  const run = runScript(script, { signal: controller.signal }, [file]);
  const pid = await pidIn(file);
  const reason = new GgufError('aborted', 'interrupted by SIGINT', { why: 'SIGINT' });
  controller.abort(reason);
  await expect(run).rejects.toBe(reason);
  expect(isAlive(pid)).toBe(false);
});

test.runIf(isPosix)('a program that ignores SIGTERM is killed, and so is what it started', async () => {
  const file = path.join(tempFolder(), 'pid');
  const controller = new AbortController();
  const stubborn = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);`;
  const inner = `${stubborn} require('fs').writeFileSync(process.argv[1], String(process.pid))`;
  const outer = `${stubborn} require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}, process.argv[1]], { stdio: 'inherit' })`;
  const run = runScript(outer, { signal: controller.signal }, [file]);
  const pid = await pidIn(file);
  controller.abort();
  await expect(run).rejects.toMatchObject({ code: 'aborted' });
  await untilGone(pid);
});

test.runIf(isPosix).each([
  ['exit', 'process.exit(1)'],
  ['kill -9', `process.kill(process.pid, 'SIGKILL')`],
])('a program does not outlive our own end by %s', async (_how, end) => {
  const talking = `require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => console.log('at work'), 50)`;
  const program = new URL('../../../dist/quantizer/process/run-program.js', import.meta.url);
  const file = path.join(tempFolder(), 'pid');
  const parent = `import { runProgram } from ${JSON.stringify(program.href)};
    void runProgram(process.execPath, ['-e', ${JSON.stringify(talking)}, ${JSON.stringify(file)}]);
    setTimeout(() => ${end}, 500)`;
  spawn(process.execPath, ['--input-type=module', '-e', parent], { stdio: 'ignore' });
  await untilGone(await pidIn(file));
});
