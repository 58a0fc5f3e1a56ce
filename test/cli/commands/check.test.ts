import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { EMBEDDING, gemma, snapshotOf } from '../support/gemma.js';

const GOOD = gemma({ sharedLayers: { type: 'uint32', value: 10 } });
const WARNING = gemma({ sharedLayers: { type: 'uint32', value: 10 }, embedding: 'BF16' });

async function check(...argv: string[]) {
  const { out, err, exit } = await runCli(['check', '--json', ...argv]);
  return { document: out === '' ? undefined : JSON.parse(out), err, exit };
}

describe('the document', () => {
  test('of a file with an error: place, whom it hurts, and the fix', async () => {
    const file = tempFile(gemma().bytes());
    const before = snapshotOf(file);
    const { document, err, exit } = await check(file);
    expect([err, exit]).toEqual(['', 1]);
    expect(document).toEqual({
      schema: 'ggufix.check/1',
      summary: { files: 1, errors: 1, warnings: 0, infos: 0 },
      files: [
        {
          source: file,
          verdict: 'fail',
          findings: [
            {
              rule: 'gemma3n/shared-kv-layers-type',
              severity: 'error',
              message: expect.stringContaining("'gemma3n.attention.shared_kv_layers' is float32 10, expected uint32"),
              place: { kind: 'metadata', name: 'gemma3n.attention.shared_kv_layers', offset: 143, length: 50 },
              affects: ['ollama >=0.9.3 <0.30.0'],
              fix: { safety: 'safe', title: expect.stringContaining('as uint32 instead of float32 10') },
            },
          ],
        },
      ],
    });
    expect(snapshotOf(file)).toEqual(before);
  });

  test('of a good file has no findings and passes', async () => {
    const file = tempFile(GOOD.bytes());
    const { document, exit } = await check(file);
    expect(exit).toBe(0);
    expect(document.files).toEqual([{ source: file, verdict: expect.not.stringMatching('fail'), findings: [] }]);
    expect(document.summary).toEqual({ files: 1, errors: 0, warnings: 0, infos: 0 });
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'container/magic'],
    ['a web page', Buffer.from('<!doctype html>'), 'container/magic'],
    ['a header that is cut off', GOOD.cutAt(100).bytes(), 'container/truncated-header'],
    ['data that is cut off', GOOD.cutAt(-200).bytes(), 'container/data-truncated'],
    ['version 1', gemma().version1().bytes(), 'container/version'],
    ['big-endian', gemma().bigEndian().bytes(), 'container/endianness'],
  ])('a container that nobody reads is a finding, not a failure: %s', async (_what, bytes, rule) => {
    const { document, err, exit } = await check(tempFile(bytes));
    expect([err, exit]).toEqual(['', 1]);
    expect(document.files[0]).toMatchObject({ verdict: 'fail', findings: [{ rule, severity: 'error' }] });
  });

  test('a source that cannot be opened is exit 3 and an error in the document', async () => {
    const { document, err, exit } = await check('/nowhere/model.gguf', tempFile(GOOD.bytes()));
    expect([err, exit]).toEqual(['ggufix: cannot read /nowhere/model.gguf: no such file\n', 3]);
    expect(document.files).toEqual([
      {
        source: '/nowhere/model.gguf',
        verdict: 'fail',
        findings: [],
        error: { code: 'source-unreadable', message: 'cannot read /nowhere/model.gguf: no such file' },
      },
      expect.objectContaining({ findings: [] }),
    ]);
  });
});

describe('the exit code', () => {
  test('errors beat warnings, and a file that cannot be read beats both', async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'a.gguf'), GOOD.bytes());
    expect((await check(folder)).exit).toBe(0);
    writeFileSync(path.join(folder, 'b.gguf'), WARNING.bytes());
    expect((await check(folder)).exit).toBe(0);
    writeFileSync(path.join(folder, 'c.gguf'), gemma().bytes());
    const all = await check(folder);
    expect(all).toMatchObject({ exit: 1, document: { summary: { files: 3, errors: 1, warnings: 1, infos: 0 } } });
    expect((await check(folder, '/nowhere')).exit).toBe(3);
  });

  test('--max-warnings', async () => {
    const file = tempFile(WARNING.bytes());
    expect((await check(file)).exit).toBe(0);
    expect((await check(file, '--max-warnings', '1')).exit).toBe(0);
    expect((await check(file, '--max-warnings', '0')).exit).toBe(1);
    expect(await check(file, '--max-warnings', 'few')).toMatchObject({
      exit: 2,
      err: 'ggufix: --max-warnings is "few", expected a whole number from 0 to 9007199254740991\n',
    });
  });
});

describe('the selection', () => {
  const both = (): string => tempFile(gemma({ embedding: 'Q4_K' }).bytes());
  const rules = async (...flags: string[]): Promise<string[]> =>
    (await check(both(), ...flags)).document.files[0].findings.map(({ rule }: { rule: string }) => rule);

  test('--only and --ignore', async () => {
    const [key, tensor] = ['gemma3n/shared-kv-layers-type', 'gemma3n/per-layer-token-embd-type'];
    expect(await rules()).toEqual([key, tensor]);
    expect(await rules('--only', tensor)).toEqual([tensor]);
    expect(await rules('--ignore', tensor)).toEqual([key]);
    expect(await rules('--only', 'container')).toEqual([]);
    expect(await rules('--only', 'gemma3n/*', '--ignore', key)).toEqual([tensor]);
  });

  test('a rule that does not exist is a slip', async () => {
    expect(await check(both(), '--only', 'gemma3n/nope')).toEqual({
      document: undefined,
      err: "ggufix: no rule or area is called 'gemma3n/nope'\n",
      exit: 2,
    });
  });
});

test('as text: what, where, whom it hurts and what would repair it', async () => {
  const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
  const { out, exit } = await runCli(['check', file]);
  expect(exit).toBe(1);
  const words = out.replace(/\s+/g, ' ');
  expect(words).toContain(`error tensor '${EMBEDDING}' is Q4_K, expected F32, F16, Q8_0, Q5_1, Q5_0, Q4_1 or Q4_0`);
  expect(words).toContain(`fix (safe): Requantize ${EMBEDDING} from Q4_K to Q5_1`);
  expect(words).toContain('affects ollama >=0.9.3 <0.30.0');
  expect(out).toMatch(/\n1 file: 2 errors, 0 warnings\nRepair what can be repaired safely with: ggufix fix .*\n$/);
  expect(await runCli(['check', tempFile(GOOD.bytes()), '--quiet'])).toEqual({ out: '', err: '', exit: 0 });
});
