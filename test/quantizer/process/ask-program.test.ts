import { describe, expect, test } from 'vitest';
import { askProgram } from '../../../src/quantizer/process/ask-program.js';

const ask = (script: string, ms: number, signal?: AbortSignal): Promise<string> =>
  askProgram('/bin/sh', ['-c', script], ms, signal);

describe.skipIf(process.platform === 'win32')('askProgram', () => {
  test('gives what both streams say, however the program ends', async () => {
    const script = 'printf on; printf tw >&2; sleep 0.1; printf e; printf o >&2; exit 1';
    expect(await ask(script, 20_000)).toBe('one\ntwo');
  });

  test('takes no more than an answer may have', async () => {
    expect(await ask('yes | head -c 3000000', 20_000)).toHaveLength(100_000 + 1);
  });

  test('does not wait for ever', async () => {
    await expect(ask('sleep 1000', 300)).rejects.toMatchObject({
      code: 'unavailable',
      message: '/bin/sh does not answer -c sleep 1000 within 0.3 s',
    });
  });

  test('stops with its caller', async () => {
    const controller = new AbortController();
    const asking = ask('sleep 1000', 20_000, controller.signal);
    setTimeout(() => controller.abort(), 100);
    await expect(asking).rejects.toMatchObject({ code: 'aborted' });
  });

  test('what cannot be started is unavailable', async () => {
    await expect(askProgram('/nowhere/llama-quantize', ['--help'], 20_000)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no such program'),
    });
  });
});
