import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { type ItemTypeName, VALUE_TYPES } from '../../../src/gguf/value-types.js';
import { arrayItems, scalarValue, valueBytes } from '../../../src/gguf/values.js';
import { type BuilderValue, gguf } from '../../support/gguf-builder.js';
import { smallModel } from '../../support/models.js';
import { BINARY, runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile } from '../../support/temp.js';
import { snapshotOf } from '../support/gemma.js';

const TEMPLATE = 'tokenizer.chat_template';

const meta = (...argv: string[]) => runCli(['meta', ...argv]);
const small = (): string => tempFile(smallModel().bytes());

function entryOf(file: string, key: string) {
  const header = parseHeader(readFileSync(file));
  expect(header.problems).toEqual([]);
  return findEntry(header, key);
}

function valueIn(file: string, key: string): unknown {
  const entry = entryOf(file, key);
  if (entry === undefined) return undefined;
  return entry.type === 'array' ? [...arrayItems(entry)] : scalarValue(entry);
}

/** A file with one key. */
function fileWith(value: BuilderValue): string {
  return tempFile(gguf().metadata('x', value).tensor('t', 'I8', [64]).bytes());
}

async function refused(file: string, argv: readonly string[], exit: number, message: string): Promise<void> {
  const before = snapshotOf(file);
  const result = await meta(...argv);
  expect(result.err).toContain(message);
  expect(result).toMatchObject({ out: '', exit });
  expect(snapshotOf(file)).toEqual(before);
}

describe('get', () => {
  test('one key is its value, several are each after its key', async () => {
    const file = small();
    expect(await meta('get', file, 'gemma3n.block_count')).toEqual({ out: '30\n', err: '', exit: 0 });
    const several = await meta('get', file, 'gemma3n.block_count', 'general.*');
    expect(several.out.split('\n')).toEqual([
      'general.architecture = gemma3n',
      'general.name = small',
      'gemma3n.block_count = 30',
      'general.file_type = 15',
      '',
    ]);
    expect((await meta('get', file)).out.split('\n')).toHaveLength(8);
  });

  test('an array is JSON', async () => {
    expect((await meta('get', small(), 'tokenizer.ggml.tokens')).out).toBe('["<pad>","\ufeff","a"]\n');
  });

  test('--json has each value with its type, what JSON cannot hold as text', async () => {
    const file = tempFile(
      gguf()
        .metadata('inf', { type: 'float32', value: Number.NEGATIVE_INFINITY })
        .metadata('big', { type: 'uint64', value: 2n ** 64n - 1n })
        .metadata('list', { type: 'array', itemType: 'bool', items: [1, 0] })
        .bytes(),
    );
    const { out, exit } = await meta('get', file, '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      schema: 'ggufix.meta/1',
      files: [
        {
          source: file,
          metadata: {
            inf: { type: 'float32', value: '-Infinity' },
            big: { type: 'uint64', value: '18446744073709551615' },
            list: {
              type: 'array',
              itemType: 'bool',
              length: 2,
              sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
              preview: [true, false],
              values: [true, false],
            },
          },
        },
      ],
    });
  });

  test('a missing key and a file that is none are errors that name the file', async () => {
    const file = small();
    expect(await meta('get', file, 'no.key')).toEqual({
      out: '',
      err: `ggufix: ${file}: there is no key 'no.key'\n`,
      exit: 3,
    });
    const page = tempFile(Buffer.from('<!doctype html>'));
    const { out, err, exit } = await meta('get', page, 'no.key', '--json');
    expect([err, exit]).toEqual([
      expect.stringMatching(new RegExp(`^ggufix: ${page}: not a GGUF file but an HTML`)),
      3,
    ]);
    expect(JSON.parse(out)).toMatchObject({ files: [{ source: page, error: { code: 'header-unreadable' } }] });
    expect((await meta('get', file, 'no.*')).exit).toBe(0);
  });
});

describe('a chat template', () => {
  const template = [
    ['without a newline at its end', '{{ bos_token }}{% for m in messages %}{{ m }}{% endfor %}'],
    ['with newlines at its end', '{{ a }}\n\n'],
    ['with Windows newlines and tabs', '{% if a %}\r\n\t{{ "x" }}\r\n{% endif %}\r\n'],
    ['with a BOM, controls and other scripts', '\ufeff{{ "\u001b[0m" }}\u0000 \u2028 日本語 👩‍👩‍👧'],
    ['empty', ''],
    ['large', `{# ${'long '.repeat(20_000)} #}`],
  ] as const;

  test.skipIf(process.platform === 'win32').each(template)(
    'goes out to a file and back in byte for byte: %s',
    (_what, text) => {
      const file = tempFile(smallModel().tensor('last', 'I8', [300_000]).bytes());
      const other = tempFile(smallModel().tensor('last', 'I8', [300_000]).bytes());
      const source = path.join(path.dirname(file), 'source.jinja');
      writeFileSync(source, text);
      const script = [
        `"$NODE" "$BINARY" meta set "$FILE" ${TEMPLATE} --file "$SOURCE"`,
        `"$NODE" "$BINARY" meta get "$FILE" ${TEMPLATE} | "$NODE" "$BINARY" meta set "$OTHER" ${TEMPLATE} --file - >&2`,
        `"$NODE" "$BINARY" meta get "$OTHER" ${TEMPLATE}`,
      ].join(' >&2 && ');
      const env = { ...process.env, NODE: process.execPath, BINARY, FILE: file, OTHER: other, SOURCE: source };
      const run = spawnSync('bash', ['-c', script.replaceAll('>&2 >&2', '>&2')], { env });
      expect([run.status, run.stdout.equals(Buffer.from(text))], run.stderr.toString()).toEqual([0, true]);
      for (const written of [file, other]) {
        expect(
          Buffer.from(valueBytes(entryOf(written, TEMPLATE)!))
            .subarray(8)
            .equals(Buffer.from(text)),
        ).toBe(true);
      }
    },
  );

  test('is shown on a terminal with a newline and without what would steer it', async () => {
    const file = fileWith({ type: 'string', value: 'a\u001b[2Jb' });
    const { out } = await runCli(['meta', 'get', file, 'x'], { stdout: { isTty: true } });
    expect(out).toBe('a\\u001b[2Jb\n');
  });

  test('from a file that is no text, or none, is refused', async () => {
    const file = small();
    const binary = tempFile(Buffer.from([0x61, 0xff, 0xfe]), 'template.bin');
    await refused(file, ['set', file, TEMPLATE, '--file', binary], 2, `${binary} is no UTF-8 text`);
    const folder = path.dirname(binary);
    await refused(file, ['set', file, TEMPLATE, '--file', folder], 3, `cannot read ${folder}: it is a directory`);
    await refused(file, ['set', file, TEMPLATE, '--file', '/no/x'], 3, 'ggufix: cannot read /no/x: no such file\n');
    await refused(file, ['set', file, TEMPLATE, 'text', '--file', binary], 2, 'give a value or --file, not both');
  });
});

describe('set', () => {
  test('keeps the type and reports as fix does', async () => {
    const file = small();
    const { out, err, exit } = await meta('set', file, 'gemma3n.block_count', '26', '--json');
    expect([err, exit]).toEqual(['', 0]);
    expect(JSON.parse(out)).toEqual({
      schema: 'ggufix.meta/1',
      files: [
        {
          source: file,
          status: 'fixed',
          strategy: 'patch',
          bytesWritten: 1,
          seconds: expect.any(Number),
          applied: [{ title: 'set gemma3n.block_count (uint32)' }],
          conversions: [],
          remaining: [],
          notes: [],
        },
      ],
    });
    expect(entryOf(file, 'gemma3n.block_count')?.type).toBe('uint32');
    expect(valueIn(file, 'gemma3n.block_count')).toBe(26);
    expect(neighboursOf(file)).toEqual([]);
  });

  test('the same value again is clean and writes nothing', async () => {
    const file = small();
    const before = snapshotOf(file);
    const { out, exit } = await meta('set', file, 'general.name', 'small', '--json');
    expect(JSON.parse(out).files[0]).toMatchObject({ status: 'clean', bytesWritten: 0, applied: [] });
    expect([exit, snapshotOf(file)]).toEqual([0, before]);
  });

  test('--dry-run writes nothing', async () => {
    const file = small();
    const before = snapshotOf(file);
    const { out, exit } = await meta('set', file, 'general.name', 'another', '--json', '--dry-run');
    expect(JSON.parse(out).files[0]).toMatchObject({
      status: 'planned',
      bytesWritten: 0,
      bytesPlanned: expect.any(Number),
    });
    expect([exit, snapshotOf(file)]).toEqual([0, before]);
  });

  test('a new key needs a type; a text from a file has one', async () => {
    const file = small();
    await refused(file, ['set', file, 'x.new', '1'], 2, "there is no key 'x.new' yet: say its type with --as");
    await refused(file, ['set', file, 'x.new', '--as', 'uint32'], 3, "there is no key 'x.new'");
    await refused(file, ['set', file, 'general.name'], 2, 'meta set needs a value, --file, or --as for another type');
    await refused(file, ['set', file, '', 'x', '--as', 'string'], 3, 'a key must not be empty');
    await refused(file, ['set', file, 'x', '1', '--as', 'uint33'], 2, "'uint33' is no value type");
    const text = tempFile(Buffer.from('from a file'), 'text');
    expect((await meta('set', file, 'x.new', '--file', text)).exit).toBe(0);
    expect(valueIn(file, 'x.new')).toBe('from a file');
  });

  const integers = (['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'] as const).map((type) => {
    const bits = BigInt(VALUE_TYPES[type].bytes * 8);
    const half = 2n ** (bits - 1n);
    return type.startsWith('u') ? ([type, 0n, 2n * half - 1n] as const) : ([type, -half, half - 1n] as const);
  });

  test.each(integers)('%s takes %i to %i and nothing beyond', async (type, min, max) => {
    const file = small();
    for (const value of [min, max]) {
      expect((await meta('set', file, 'x', '--as', type, '--', `${value}`)).exit).toBe(0);
      expect(BigInt(valueIn(file, 'x') as number)).toBe(value);
      expect(entryOf(file, 'x')?.type).toBe(type);
    }
    for (const value of [min - 1n, max + 1n]) {
      await refused(file, ['set', file, 'x', '--as', type, '--', `${value}`], 2, `x is ${value}, which ${type} cannot`);
    }
  });

  test.each<readonly [ItemTypeName, string, unknown]>([
    ['float32', '-inf', Number.NEGATIVE_INFINITY],
    ['float32', 'Infinity', Number.POSITIVE_INFINITY],
    ['float64', '-Infinity', Number.NEGATIVE_INFINITY],
    ['float32', 'nan', Number.NaN],
    ['float32', '0.1', Math.fround(0.1)],
    ['float32', '-0', -0],
    ['float64', '0.1', 0.1],
    ['float32', '1e-6', Math.fround(1e-6)],
    ['bool', 'true', true],
    ['bool', '0', false],
    ['bool', 'No', false],
    ['uint8', '0x1f', 31],
    ['string', ' spaces ', ' spaces '],
    ['string', '-dash', '-dash'],
  ])('%s takes %s', async (type, text, expected) => {
    const file = small();
    expect((await meta('set', file, 'x', '--as', type, '--', text)).err).toBe('');
    expect(valueIn(file, 'x')).toEqual(expected);
  });

  test('a negative number needs no dashes before it', async () => {
    const file = small();
    expect((await meta('set', file, 'x', '-5', '--as', 'int32')).exit).toBe(0);
    expect(valueIn(file, 'x')).toBe(-5);
  });

  test.each([
    ['uint32', '1.5', "x: '1.5' is no uint32"],
    ['uint32', '', "x: '' is no uint32"],
    ['uint32', 'ten', "x: 'ten' is no uint32"],
    ['bool', '2', "x: '2' is no bool"],
    ['float32', 'x', "x: 'x' is no float32"],
    ['float32', '1e39', "x: '1e39' is no float32"],
    ['float64', '1e400', "x: '1e400' is no float64"],
    ['float32[]', '[1e39]', "x[0]: '1e+39' is no float32"],
    ['uint32[]', '1, 2', 'x is an array; expected JSON such as [1, 2, 3]'],
    ['uint32[]', '{"a":1}', 'x is an array; expected JSON such as [1, 2, 3]'],
    ['uint8[]', '[1, 256]', 'x[1] is 256, which uint8 cannot hold'],
    ['uint32[]', '[[1], [2]]', "x[0]: '[1]' is no uint32"],
    ['uint32[]', '[null]', "x[0]: 'null' is no uint32"],
    ['string[]', '["a", 1]', "x[1]: '1' is no string"],
    ['uint64[]', '[9007199254740993]', 'x[0] is a JSON number beyond 2^53, expected a string'],
    ['array', '[]', "'array' is no value type"],
  ])('%s refuses %s', async (type, text, message) => {
    const file = small();
    await refused(file, ['set', file, 'x', text, '--as', type], 2, message);
  });

  test.each([
    ['uint32[]', '[1, 2, 3]', [1, 2, 3]],
    ['uint64[]', '["18446744073709551615", 1]', [2n ** 64n - 1n, 1n]],
    ['float32[]', '["-Infinity", 1.5]', [Number.NEGATIVE_INFINITY, 1.5]],
    ['array<string>', '["", "\\ufeff", "é"]', ['', '\ufeff', 'é']],
    ['bool[]', '[true, false]', [true, false]],
    ['string[]', '[]', []],
  ])('%s takes %s', async (type, text, expected) => {
    const file = small();
    expect((await meta('set', file, 'x', text, '--as', type)).err).toBe('');
    expect(valueIn(file, 'x')).toEqual(expected);
    // What get prints goes back in.
    const before = readFileSync(file);
    const printed = (await meta('get', file, 'x')).out.trimEnd();
    const again = await meta('set', file, 'x', printed, '--json');
    expect(JSON.parse(again.out).files[0].status).toBe('clean');
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('set --as without a value converts exactly or not at all', () => {
  test.each<readonly [BuilderValue, ItemTypeName, unknown]>([
    [{ type: 'float32', value: 10 }, 'uint32', 10],
    [{ type: 'uint32', value: 10 }, 'float32', 10],
    [{ type: 'float64', value: 0.5 }, 'float32', 0.5],
    [{ type: 'float64', value: Number.NEGATIVE_INFINITY }, 'float32', Number.NEGATIVE_INFINITY],
    [{ type: 'int64', value: -1n }, 'int8', -1],
    [{ type: 'uint8', value: 1 }, 'bool', true],
    [{ type: 'bool', value: 1 }, 'uint32', 1],
    [{ type: 'array', itemType: 'float32', items: [1, 2] }, 'int32', [1, 2]],
  ])('%o as %s', async (value, type, expected) => {
    const file = fileWith(value);
    expect((await meta('set', file, 'x', '--as', type)).err).toBe('');
    const entry = entryOf(file, 'x');
    expect(entry?.itemType ?? entry?.type).toBe(type);
    expect(valueIn(file, 'x')).toEqual(expected);
  });

  test.each<readonly [BuilderValue, ItemTypeName, string]>([
    [{ type: 'float32', value: 10.5 }, 'uint32', 'x is 10.5, which cannot be written as uint32 exactly'],
    [{ type: 'float32', value: Number.NaN }, 'uint32', 'x is NaN'],
    [{ type: 'float32', value: -1 }, 'uint32', 'x is -1, which uint32 cannot hold'],
    [{ type: 'float64', value: 0.1 }, 'float32', 'x is 0.1, which cannot be written as float32 exactly'],
    [{ type: 'uint32', value: 2 ** 24 + 1 }, 'float32', 'x is 16777217, which cannot be written as float32 exactly'],
    [{ type: 'uint64', value: 2n ** 53n + 1n }, 'float64', 'x is 9007199254740993, which float64 cannot hold'],
    [{ type: 'uint32', value: 300 }, 'uint8', 'x is 300, which uint8 cannot hold'],
    [{ type: 'uint32', value: 2 }, 'bool', 'x is 2, which cannot be written as bool exactly'],
    [{ type: 'string', value: '10' }, 'uint32', 'x is a string'],
    [{ type: 'uint32', value: 10 }, 'string', 'x is 10, which cannot be written as string exactly'],
    [{ type: 'array', itemType: 'float32', items: [1, 2.5] }, 'int32', 'x[1] is 2.5'],
  ])('%o as %s is refused', async (value, type, message) => {
    const file = fileWith(value);
    await refused(file, ['set', file, 'x', '--as', type], 2, message);
  });
});

describe('unset and rename', () => {
  test('unset removes keys, all or none', async () => {
    const file = small();
    await refused(file, ['unset', file, 'general.name', 'no.key'], 3, "there is no key 'no.key'");
    const { exit } = await meta('unset', file, 'general.name', TEMPLATE);
    expect([exit, valueIn(file, 'general.name'), valueIn(file, TEMPLATE)]).toEqual([0, undefined, undefined]);
  });

  test('rename keeps the bytes of the value', async () => {
    const file = small();
    const before = valueBytes(entryOf(file, 'tokenizer.ggml.tokens')!);
    expect((await meta('rename', file, 'tokenizer.ggml.tokens', 'tokenizer.ggml.words')).exit).toBe(0);
    expect(entryOf(file, 'tokenizer.ggml.tokens')).toBeUndefined();
    expect(Buffer.from(valueBytes(entryOf(file, 'tokenizer.ggml.words')!)).equals(before)).toBe(true);
    await refused(file, ['rename', file, 'no.key', 'b'], 3, "there is no key 'no.key'");
    await refused(file, ['rename', file, 'general.name', 'general.file_type'], 2, 'there is a key');
  });

  test('the removed bytes are gone from the file', async () => {
    const file = tempFile(smallModel().metadata('secret', { type: 'string', value: 'hf_secret_token' }).bytes());
    await meta('unset', file, 'secret');
    expect(readFileSync(file).includes('hf_secret_token')).toBe(false);
  });
});

test('a subcommand that fails points to its own help', async () => {
  const { err, exit } = await meta('set', small(), 'x', '-inf');
  expect([err, exit]).toEqual(["ggufix: unknown option '-inf'\n(ggufix meta set --help explains the flags)\n", 2]);
});
