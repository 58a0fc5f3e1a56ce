import { linkSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { findEntry, findTensor, tensorExtent } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { quantizeRows } from '../../../src/tensors/rows.js';
import { runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile, tempFolder } from '../../support/temp.js';
import { EMBEDDING, gemma, snapshotOf, weights } from '../support/gemma.js';

const SHARED = 'gemma3n.attention.shared_kv_layers';
const KEY_RULE = 'gemma3n/shared-kv-layers-type';
const TENSOR_RULE = 'gemma3n/per-layer-token-embd-type';

async function fix(...argv: string[]) {
  const { out, err, exit } = await runCli(['fix', '--json', '--threads', '0', ...argv]);
  const document = out === '' ? undefined : JSON.parse(out);
  return { document, file: document?.files[0], err, exit };
}

function typeOf(file: string, tensor = EMBEDDING): string | undefined {
  return findTensor(parseHeader(readFileSync(file)), tensor)?.type;
}

function dataOf(file: string, tensor = EMBEDDING): Buffer {
  const bytes = readFileSync(file);
  const header = parseHeader(bytes);
  const { offset, length } = tensorExtent(header, findTensor(header, tensor)!)!;
  return bytes.subarray(offset, offset + length);
}

describe('the document and the statuses', () => {
  test('fixed, by patch: 8 bytes', async () => {
    const file = tempFile(gemma().bytes());
    const { document, err, exit } = await fix(file);
    expect([err, exit]).toEqual(['', 0]);
    expect(document).toEqual({
      schema: 'ggufix.fix/1',
      files: [
        {
          source: file,
          status: 'fixed',
          strategy: 'patch',
          bytesWritten: 8,
          seconds: expect.any(Number),
          applied: [{ rule: KEY_RULE, title: `Write ${SHARED} as uint32 instead of float32 10` }],
          conversions: [],
          remaining: [],
          notes: [],
        },
      ],
    });
    expect(neighboursOf(file)).toEqual([]);
    expect(parseHeader(readFileSync(file)).problems).toEqual([]);
  });

  test('clean: a second fix has nothing to do and writes nothing', async () => {
    const file = tempFile(gemma().bytes());
    await fix(file);
    const before = snapshotOf(file);
    const { file: report, exit } = await fix(file);
    expect(exit).toBe(0);
    expect(report).toEqual({
      source: file,
      status: 'clean',
      bytesWritten: 0,
      seconds: 0,
      applied: [],
      conversions: [],
      remaining: [],
      notes: [],
    });
    expect(snapshotOf(file)).toEqual(before);
  });

  test('planned: a dry run says what would be done and writes nothing', async () => {
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
    const before = snapshotOf(file);
    const { file: report, exit } = await fix(file, '--dry-run');
    expect(exit).toBe(0);
    expect(report).toMatchObject({
      status: 'planned',
      strategy: 'rewrite',
      bytesWritten: 0,
      bytesPlanned: expect.any(Number),
      applied: [{ rule: KEY_RULE }, { rule: TENSOR_RULE }],
      conversions: [
        { tensor: EMBEDDING, from: 'Q4_K', to: 'Q5_1', isSampled: false, relativeRmse: expect.any(Number) },
      ],
      remaining: [],
      notes: [],
    });
    expect(snapshotOf(file)).toEqual(before);
    const { file: done } = await fix(file);
    expect(done).toMatchObject({ status: 'fixed', bytesWritten: report.bytesPlanned, applied: report.applied });
    expect(readFileSync(file)).toHaveLength(report.bytesPlanned);
  });

  test('partly: what could not be fixed remains and makes the exit code 1', async () => {
    const file = tempFile(gemma({ embedding: 'Q8_K' }).bytes());
    const dry = await fix(file, '--dry-run');
    expect(dry).toMatchObject({ exit: 1, file: { status: 'planned', bytesWritten: 0 } });
    const { file: report, exit } = await fix(file);
    expect(exit).toBe(1);
    expect(report).toMatchObject({
      status: 'partly',
      bytesWritten: 8,
      applied: [{ rule: KEY_RULE }],
      remaining: [
        {
          rule: TENSOR_RULE,
          severity: 'error',
          place: { kind: 'tensor', name: EMBEDDING },
          affects: ['ollama >=0.9.3 <0.30.0'],
          fix: { safety: 'manual' },
        },
      ],
    });
  });

  test.each([
    ['only unfixable errors', gemma({ sharedLayers: { type: 'uint32', value: 10 }, embedding: 'Q8_K' }).bytes()],
    ['a value that is no count', gemma({ sharedLayers: { type: 'float32', value: 10.5 } }).bytes()],
    ['tensor data cut off, though a key could be fixed', gemma().cutAt(-200).bytes()],
    ['a header cut off', gemma().cutAt(150).bytes()],
    ['no GGUF at all', Buffer.from('<!doctype html>')],
  ])('failed: %s', async (_what, bytes) => {
    const file = tempFile(bytes);
    const before = snapshotOf(file);
    const { file: report, exit } = await fix(file);
    expect(exit).toBe(1);
    expect(report).toMatchObject({ status: 'failed', bytesWritten: 0, applied: [] });
    expect(report.remaining.length).toBeGreaterThan(0);
    expect(report).not.toHaveProperty('strategy');
    expect(snapshotOf(file)).toEqual(before);
  });

  test('as text: what was done, at what cost, and what is left', async () => {
    const file = tempFile(gemma({ embedding: 'Q8_K' }).bytes());
    const { out, exit } = await runCli(['fix', file]);
    expect(exit).toBe(1);
    expect(out).toContain(`  ✓ Write ${SHARED} as uint32 instead of float32 10\n`);
    expect(out).toContain(`  ✗ tensor '${EMBEDDING}' is Q8_K`);
    expect(out).toMatch(/ {4}wrote 8 B by patch in [\d.]+ s\n$/);
  });

  test('--quiet prints nothing of a success', async () => {
    const file = tempFile(gemma().bytes());
    expect(await runCli(['fix', file, '--quiet'])).toEqual({ out: '', err: '', exit: 0 });
  });
});

describe('choosing', () => {
  const both = (): string => tempFile(gemma({ embedding: 'Q4_K' }).bytes());

  test.each([
    [['--only', KEY_RULE], [KEY_RULE]],
    [['--only', TENSOR_RULE], [TENSOR_RULE]],
    [
      ['--only', 'gemma3n/*'],
      [KEY_RULE, TENSOR_RULE],
    ],
    [['--only', 'gemma3n', '--ignore', KEY_RULE], [TENSOR_RULE]],
    [['--ignore', 'gemma3n/*'], []],
    [['--only', 'container/*'], []],
  ])('%j fixes %j', async (flags, rules) => {
    const { file, exit } = await fix(both(), ...flags);
    expect(exit).toBe(0);
    expect(file.applied.map(({ rule }: { rule: string }) => rule)).toEqual(rules);
  });

  test.each([
    [['--only', 'gemma3n/no-such'], "no rule or area is called 'gemma3n/no-such'"],
    [['--ignore', 'nothing'], "no rule or area is called 'nothing'"],
    [
      ['--type', 'token_embd.weight=q8_0'],
      '--type token_embd.weight: fix requantizes only per_layer_token_embd.weight',
    ],
    [['--type', `${EMBEDDING}=q4_k`], 'Q4_K is no type that ggufix writes'],
    [['--type', `${EMBEDDING}=q9_9`], "'q9_9' is no type that ggufix writes"],
    [['--type', EMBEDDING], `--type is '${EMBEDDING}', expected TENSOR=TYPE`],
    [['--type', `${EMBEDDING}=bf16`], `${EMBEDDING} must not become BF16`],
    [['--strategy', 'patch'], '--strategy patch is not possible: tensor data changes'],
    [['--strategy', 'slide'], '--strategy slide is not possible: tensor data changes'],
    [['--strategy', 'fast'], "'fast' is invalid"],
  ])('%j is a slip: exit 2 and nothing written', async (flags, message) => {
    const file = both();
    const before = snapshotOf(file);
    const { err, exit } = await fix(file, ...flags);
    expect(exit).toBe(2);
    expect(err).toContain(message);
    expect(snapshotOf(file)).toEqual(before);
  });

  test.each([
    ['Q2_K', 'Q4_0'],
    ['IQ4_XS', 'Q5_1'],
    ['Q4_K', 'Q5_1'],
    ['Q5_K', 'Q8_0'],
    ['Q6_K', 'Q8_0'],
    ['BF16', 'F16'],
  ] as const)('--type auto, the default: %s becomes %s', async (present, next) => {
    for (const flags of [[], ['--type', `${EMBEDDING}=auto`]]) {
      const file = tempFile(gemma({ embedding: present }).bytes());
      // Warnings are fixed like errors: Q6_K and BF16 hurt fewer readers.
      await fix(file, ...flags);
      expect(typeOf(file)).toBe(next);
    }
  });

  test.each(['F32', 'F16', 'Q8_0', 'Q5_1', 'Q5_0'] as const)('--type %s is taken', async (type) => {
    const file = both();
    const { exit } = await fix(file, '--type', `${EMBEDDING}=${type.toLowerCase()}`);
    expect([exit, typeOf(file)]).toEqual([0, type]);
  });

  test('fewer bits than now need --unsafe', async () => {
    const file = tempFile(gemma({ sharedLayers: { type: 'uint32', value: 10 }, embedding: 'Q5_K' }).bytes());
    const before = snapshotOf(file);
    const flags = [file, '--type', `${EMBEDDING}=q4_0`];
    const refused = await fix(...flags);
    expect(refused).toMatchObject({ exit: 1, file: { status: 'failed', remaining: [{ fix: { safety: 'unsafe' } }] } });
    expect(snapshotOf(file)).toEqual(before);
    expect(await fix(...flags, '--unsafe')).toMatchObject({ exit: 0, file: { status: 'fixed' } });
    expect(typeOf(file)).toBe('Q4_0');
  });
});

describe('--from', () => {
  const donor = (options: Parameters<typeof gemma>[0] = {}): string =>
    tempFile(gemma({ embedding: 'F32', ...options }).bytes(), 'donor.gguf');

  test('takes the weights of the better file', async () => {
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
    const from = donor();
    const { file: report, exit } = await fix(file, '--from', from, '--type', `${EMBEDDING}=q5_1`);
    expect(exit).toBe(0);
    expect(report.conversions).toEqual([
      { tensor: EMBEDDING, from: 'F32', to: 'Q5_1', isSampled: false, relativeRmse: expect.any(Number) },
    ]);
    expect(dataOf(file).equals(quantizeRows('Q5_1', weights(1024)))).toBe(true);
    expect(dataOf(file, 'blk.0.weight').equals(dataOf(from, 'blk.0.weight'))).toBe(true);
  });

  test.each([
    ['another shape', () => donor({ shape: [512, 2] }), 2, 'is [512, 2], expected [256, 4]'],
    ['fewer bits', () => donor({ embedding: 'Q2_K' }), 2, 'is Q2_K, which has fewer bits than Q4_K'],
    ['a type that cannot be read', () => donor({ embedding: 'Q8_K' }), 2, 'has a type that ggufix cannot read'],
    ['no such tensor', () => tempFile(gemma().cutAt(0).bytes(), 'x.gguf'), 3, 'an empty file'],
    ['a file that is cut off', () => tempFile(gemma({ embedding: 'F32' }).cutAt(-1000).bytes()), 2, 'is cut off'],
    ['no such file', () => '/nowhere/donor.gguf', 3, 'cannot read /nowhere/donor.gguf: no such file'],
  ])('%s is refused', async (_what, make, code, message) => {
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
    const before = snapshotOf(file);
    const { err, exit } = await fix(file, '--from', make());
    expect(exit).toBe(code);
    expect(err).toContain(message);
    expect(snapshotOf(file)).toEqual(before);
  });

  test('a weight that is no number is named, and nothing is written', async () => {
    const bytes = new Uint8Array(weights(1024).buffer);
    new DataView(bytes.buffer).setFloat32((3 * 256 + 7) * 4, Number.NaN, true);
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
    const before = snapshotOf(file);
    const { err, exit } = await fix(file, '--from', donor({ bytes }));
    expect(exit).toBe(3);
    expect(err).toContain(file);
    expect(err).toMatch(/weight 7 of row 3 of tensor 'per_layer_token_embd\.weight' is NaN/);
    expect(snapshotOf(file)).toEqual(before);
  });
});

describe('where it is written', () => {
  test('-o writes a repaired copy and leaves the file alone', async () => {
    const file = tempFile(gemma().bytes());
    const out = path.join(tempFolder(), 'out.gguf');
    const before = snapshotOf(file);
    const { file: report, exit } = await fix(file, '-o', out);
    expect(exit).toBe(0);
    expect(report).toMatchObject({ status: 'fixed', strategy: 'rewrite', output: out });
    expect(snapshotOf(file)).toEqual(before);
    expect(findEntry(parseHeader(readFileSync(out)), SHARED)?.type).toBe('uint32');
    expect(neighboursOf(out)).toEqual([]);
  });

  test('-o takes one source', async () => {
    const [one, two] = [tempFile(gemma().bytes()), tempFile(gemma().bytes())];
    const { err, exit } = await fix(one, two, '-o', path.join(tempFolder(), 'out.gguf'));
    expect([err, exit]).toEqual(['ggufix: -o takes one source\n', 2]);
  });

  test('--keep-undo keeps the old bytes for undo', async () => {
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
    const before = readFileSync(file);
    await fix(file, '--keep-undo');
    expect(neighboursOf(file)).toHaveLength(2);
    const { out, exit } = await runCli(['undo', file, '--json']);
    expect(JSON.parse(out)).toEqual({
      schema: 'ggufix.undo/1',
      files: [{ source: file, status: 'restored', bytesRestored: before.byteLength }],
    });
    expect(exit).toBe(0);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(neighboursOf(file)).toEqual([]);
  });
});

test('a rewrite with --keep-undo that was killed before its rename does not count as a hard link', async () => {
  const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
  linkSync(file, companionsOf(file).undoFile);
  expect(await fix(file)).toMatchObject({ err: '', exit: 0, file: { status: 'fixed', strategy: 'rewrite' } });
  expect(neighboursOf(file)).toEqual([]);
});

test('one bad file stops none of the others and decides the exit code', async () => {
  const folder = tempFolder();
  const names = ['a.gguf', 'b.gguf', 'c.gguf'].map((name) => path.join(folder, name));
  for (const name of names) writeFileSync(name, gemma().bytes());
  const { document, err, exit } = await fix(names[0]!, path.join(folder, 'nope.gguf'), names[2]!);
  expect(exit).toBe(3);
  expect(err).toMatch(/^ggufix: cannot read .*nope\.gguf: no such file\n$/);
  expect(document.files).toMatchObject([
    { source: names[0], status: 'fixed' },
    { error: { code: 'source-unreadable', message: expect.stringContaining('no such file') } },
    { source: names[2], status: 'fixed' },
  ]);
  expect(await fix(folder)).toMatchObject({ exit: 0, document: { files: { length: 3 } } });
});
