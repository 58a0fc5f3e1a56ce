import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENGINE_FEATURES } from '../../../src/quantizer/engine/engine.js';
import { findEngine } from '../../../src/quantizer/engine/find-engine.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { fakeEngine, HELP } from '../support/fake-engine.js';
import { describeWithLlama } from '../support/llama.js';

const find = (wanted: string, env: NodeJS.ProcessEnv = {}) => findEngine({ wanted, env });

/** A shell script of any name. */
function script(text: string): string {
  const file = path.join(tempFolder(), 'program');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe.skipIf(process.platform === 'win32')('a llama-quantize', () => {
  test('that is given comes before the variable, and that before PATH', async () => {
    const [given, named, found] = [fakeEngine(''), fakeEngine(''), fakeEngine('')];
    const env = { LLAMA_QUANTIZE: named, PATH: path.dirname(found) };
    expect(await find(given, env)).toMatchObject({ kind: 'llama-quantize', program: given, prefix: [] });
    expect(await find('auto', env)).toMatchObject({ program: named });
    expect(await find('auto', { PATH: path.dirname(found) })).toMatchObject({ program: found });
  });

  test('has the features that its help names', async () => {
    expect((await find(fakeEngine(''))).features).toEqual(new Set(ENGINE_FEATURES));
  });

  test('of spring 2024 lacks most of them', async () => {
    const help =
      'usage: ./quantize [--help] [--allow-requantize] [--leave-output-tensor] [--pure] [--imatrix] [--include-weights] [--exclude-weights] [--output-tensor-type] [--token-embedding-type] [--keep-split] [--override-kv] model-f32.gguf [model-quant.gguf] type [nthreads]';
    expect((await find(fakeEngine('', help))).features).toEqual(new Set(['keep-split', 'override-kv']));
  });

  test('with --tensor-type does not therefore know --tensor-type-file', async () => {
    const help = HELP.replace(' [--tensor-type-file]', '').replace(' [--dry-run]', '');
    const { features } = await find(fakeEngine('', help));
    expect(features).toEqual(new Set(['keep-split', 'override-kv', 'max-buffer-size']));
  });

  test('that is named but not there is an error, also where another one would be found', async () => {
    const PATH = path.dirname(fakeEngine(''));
    await expect(find('/nowhere/llama-quantize', { PATH })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('/nowhere/llama-quantize, named by --engine, is no program that can be run'),
    });
    const search = { wanted: '/nowhere/q', flag: '--llama-quantize', env: {} } as const;
    await expect(findEngine(search)).rejects.toThrow('/nowhere/q, named by --llama-quantize, is no program');
    await expect(find('auto', { PATH, LLAMA_QUANTIZE: '/nowhere/q' })).rejects.toMatchObject({
      message: expect.stringContaining('/nowhere/q, named by LLAMA_QUANTIZE'),
    });
  });

  test.each([
    ['prints another help', "echo 'usage: cp [--force] FROM TO'"],
    ['prints gigabytes', 'yes --allow-requantiz | head -c 3000000'],
    ['crashes', 'kill -ABRT $$'],
  ])('is not what %s', async (_what, text) => {
    const program = script(text);
    await expect(find(program)).rejects.toMatchObject({
      code: 'unavailable',
      message: `${program} is no llama-quantize: its help does not read so; name another one with --engine PATH, or take --engine embedded`,
    });
  });

  test('that is found but cannot be used is an error, also where the embedded one would do', async () => {
    const program = fakeEngine(
      '',
      'error while loading shared libraries: libllama.so.0: cannot open shared object file',
    );
    await expect(find('auto', { PATH: path.dirname(program) })).rejects.toMatchObject({
      code: 'unavailable',
      details: { what: `${program} is no llama-quantize: its help does not read so` },
    });
  });

  test('is not what cannot be started', async () => {
    const program = path.join(tempFolder(), 'program');
    writeFileSync(program, 'no program');
    chmodSync(program, 0o755);
    await expect(find(program)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is not what never answers', async () => {
    const program = script('sleep 1000');
    await expect(findEngine({ wanted: program, env: {}, helpMs: 300 })).rejects.toMatchObject({
      code: 'unavailable',
      message: `${program} does not answer --help within 0.3 s`,
    });
  });

  test('stops to be looked for where the caller stops', async () => {
    const controller = new AbortController();
    const search = findEngine({ wanted: script('sleep 1000'), env: {}, signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(search).rejects.toMatchObject({ code: 'aborted' });
  });
});

describeWithLlama('the embedded engine', () => {
  test('is taken where it is asked for, also where another one would be found', async () => {
    const engine = await find('embedded', { PATH: path.dirname(fakeEngine('')) });
    expect(engine).toMatchObject({ kind: 'embedded', program: process.execPath });
    expect(engine.prefix).toEqual([expect.stringMatching(/quantize-child\.js$/)]);
    expect(engine.features).toEqual(new Set(ENGINE_FEATURES));
  });

  test('is taken where there is no other', async () => {
    expect(await find('auto', { PATH: tempFolder() })).toMatchObject({ kind: 'embedded' });
  });
});

test('without any engine, the error says what was looked for and how to get one', async () => {
  const host = { platform: 'plan9', arch: 'vax', resolve: () => undefined, isMusl: () => false };
  await expect(findEngine({ wanted: 'auto', env: { PATH: '' }, host })).rejects.toMatchObject({
    code: 'unavailable',
    message:
      'llama-quantize is neither on PATH nor named by --engine or LLAMA_QUANTIZE, and no llama.cpp package exists for plan9-vax; install llama.cpp, or name it with --engine PATH',
  });
  await expect(findEngine({ wanted: 'embedded', env: {}, host })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'no llama.cpp package exists for plan9-vax',
  });
});

describeWithTools('the llama-quantize on PATH', ['llama-quantize'], () => {
  test('has all features', async () => {
    const { kind, features } = await find('auto', process.env);
    expect(kind).toBe('llama-quantize');
    expect(features).toEqual(new Set(ENGINE_FEATURES));
  });
});
