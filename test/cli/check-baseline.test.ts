import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { gemma } from './support/gemma.js';

function project(): { folder: string; model: string; baseline: string } {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'models'));
  const model = path.join(folder, 'models', 'm.gguf');
  writeFileSync(model, gemma().bytes());
  return { folder, model, baseline: path.join(folder, 'baseline.json') };
}

describe('--baseline', () => {
  test('accepts what --update-baseline wrote, and nothing else', async () => {
    const { folder, model, baseline } = project();
    expect((await runCli(['check', model])).exit).toBe(1);
    const update = await runCli(['check', folder, '--baseline', baseline, '--update-baseline']);
    expect(update).toMatchObject({ exit: 0, out: expect.stringContaining('1 known finding accepted by the baseline') });
    expect(JSON.parse(readFileSync(baseline, 'utf8'))).toEqual({
      schema: 'ggufix.baseline/1',
      findings: [
        {
          fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
          file: 'models/m.gguf',
          rule: 'gemma3n/shared-kv-layers-type',
          name: 'gemma3n.attention.shared_kv_layers',
          count: 1,
        },
      ],
    });
    const again = await runCli(['check', model, '--baseline', baseline, '--json']);
    expect(again.exit).toBe(0);
    expect(JSON.parse(again.out).files[0]).toMatchObject({ verdict: 'pass', findings: [], accepted: 1 });

    writeFileSync(model, gemma({ embedding: 'Q4_K' }).bytes());
    const worse = await runCli(['check', model, '--baseline', baseline, '--json']);
    expect(worse.exit).toBe(1);
    expect(JSON.parse(worse.out).files[0].findings).toMatchObject([{ rule: 'gemma3n/per-layer-token-embd-type' }]);
  });

  test.each([
    ['GGUF', 'it is no JSON'],
    ['[]', 'it is no JSON object'],
    ['null', 'it is no JSON object'],
    ['{"schema":"ggufix.check/1"}', 'schema: Invalid input: expected "ggufix.baseline/1"'],
    ['{"schema":"ggufix.baseline/1","findings":[1]}', 'findings.0: Invalid input: expected object, received number'],
    ['{"schema":"ggufix.baseline/1","findings":[],"x":1}', 'Unrecognized key: "x"'],
  ])('that is none is a slip: %s', async (text, why) => {
    const { model, baseline } = project();
    writeFileSync(baseline, text);
    const { err, exit } = await runCli(['check', model, '--baseline', baseline]);
    expect([err, exit]).toEqual([`ggufix: ${baseline} is no baseline: ${why}\n`, 2]);
  });

  test('that is updated does not take the place of a file that is checked, by any name', async () => {
    const { folder } = project();
    const [model, link] = ['sha256-abc', 'link'].map((name) => path.join(folder, name)) as [string, string];
    writeFileSync(model, 'no magic');
    linkSync(model, link);
    for (const file of [model, link]) {
      const { out, err, exit } = await runCli(['check', model, '--baseline', file, '--update-baseline']);
      const why = `it is ${model}, which it would come from`;
      expect([out, err, exit]).toEqual(['', `ggufix: will not write a report over ${file}: ${why}\n`, 3]);
    }
    expect(readFileSync(model, 'utf8')).toBe('no magic');
  });

  test('that is updated and has no place is told before anything is checked', async () => {
    const { folder, model } = project();
    const file = path.join(folder, 'gone', 'known.json');
    expect(await runCli(['check', model, '--baseline', file, '--update-baseline'])).toEqual({
      ...{ out: '', err: `ggufix: cannot write ${file}: its folder does not exist\n`, exit: 3 },
    });
  });

  test('that is not there, or --update-baseline without one', async () => {
    const { model } = project();
    expect(await runCli(['check', model, '--baseline', '/nowhere.json'])).toMatchObject({ exit: 3 });
    expect(await runCli(['check', model, '--update-baseline'])).toMatchObject({
      exit: 2,
      err: 'ggufix: --update-baseline needs --baseline FILE\n',
    });
  });
});
