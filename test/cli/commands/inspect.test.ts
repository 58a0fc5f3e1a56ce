import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { GgufError } from '../../../src/errors.js';
import { inspectDocumentSchema } from '../../../src/report/schemas.js';
import { gguf } from '../../support/gguf-builder.js';
import { smallModel } from '../../support/models.js';
import { runCli } from '../../support/run-cli.js';
import { tempFile, tempFolder } from '../../support/temp.js';

const small = (): string => tempFile(smallModel().bytes(), 'small.gguf');

async function documentOf(...argv: string[]) {
  const result = await runCli(['inspect', '--json', ...argv]);
  return { ...result, document: inspectDocumentSchema.parse(JSON.parse(result.out)) };
}

describe('ggufix inspect', () => {
  test('prints what the file holds', async () => {
    const { out, err, exit } = await runCli(['inspect', small()]);
    expect([err, exit]).toEqual(['', 0]);
    expect(out).toContain('architecture   gemma3n\n');
    expect(out).toContain('gemma3n.attention.shared_kv_layers  float32    10\n');
    expect(out).not.toContain('blk.0.weight');
  });

  test('--tensors lists the tensors', async () => {
    const { out } = await runCli(['inspect', small(), '--tensors']);
    expect(out).toContain('blk.4.weight  I8    96         96 B    2656\n');
  });

  test('--keys may be repeated', async () => {
    const { out } = await runCli(['inspect', small(), '--keys', 'general.name', '--keys', '*.block_count']);
    expect(out).toContain('general.name         string  small\ngemma3n.block_count  uint32  30\n');
    expect(out).not.toContain('general.architecture');
  });

  test('a wider terminal shows more of long values', async () => {
    const file = tempFile(
      gguf()
        .metadata('k', { type: 'string', value: 'x'.repeat(300) })
        .bytes(),
    );
    const { out } = await runCli(['inspect', file], { stdout: { width: 120 } });
    expect(out).toContain(`k    string  ${'x'.repeat(106)}…\n`);
  });

  test('--json is one document that fits the published schema', async () => {
    const file = small();
    const { document, err, exit } = await documentOf(file);
    expect([err, exit]).toEqual(['', 0]);
    expect(document.schema).toBe('ggufix.inspect/1');
    expect(document.files).toHaveLength(1);
    expect(document.files[0]).toMatchObject({
      source: file,
      metadata: {
        'tokenizer.ggml.tokens': { type: 'array', itemType: 'string', length: 3, preview: ['<pad>', '\ufeff', 'a'] },
      },
    });
  });

  test('--json --full has whole arrays, --json --keys only these keys', async () => {
    const { document } = await documentOf(small(), '--full', '--keys', 'tokenizer.ggml.*');
    expect(document.files[0]).toMatchObject({
      metadata: { 'tokenizer.ggml.tokens': { values: ['<pad>', '\ufeff', 'a'] } },
    });
    expect(Object.keys((document.files[0] as { metadata: object }).metadata)).toEqual(['tokenizer.ggml.tokens']);
  });
});

describe('several sources', () => {
  test('a folder is every model in it, one after the other', async () => {
    const folder = tempFolder();
    mkdirSync(path.join(folder, 'sub'));
    for (const name of ['b.gguf', 'a.gguf', 'sub/c.gguf']) writeFileSync(path.join(folder, name), smallModel().bytes());
    const { document } = await documentOf(folder);
    const found = ['a.gguf', 'b.gguf', path.join('sub', 'c.gguf')].map((name) => path.join(folder, name));
    expect(document.files.map(({ source }) => source)).toEqual(found);
    const { out } = await runCli(['inspect', folder, '--keys', 'general.name']);
    expect(out.split('\n\n').filter((part) => part.startsWith('Metadata'))).toHaveLength(3);
  });

  test('a bad file stops none of the others and decides the exit code', async () => {
    const html = tempFile(Buffer.from('<!doctype html><title>404</title>'), 'page.gguf');
    const good = small();
    const { out, err, exit } = await runCli(['inspect', 'nope.gguf', html, good, tempFolder()]);
    expect(exit).toBe(3);
    expect(out).toContain(`${good}\n`);
    const messages = err.trimEnd().split('\n');
    expect(messages).toHaveLength(3);
    expect(messages[0]).toBe('ggufix: cannot read nope.gguf: no such file');
    expect(messages[1]).toBe(
      `ggufix: ${html}: not a GGUF file but an HTML or XML page, probably an error page: starts with '<!do', expected 'GGUF'`,
    );
    expect(messages[2]).toMatch(/^ggufix: no \.gguf file in folder /);
  });

  test('in a document a bad file has an error and the others are whole', async () => {
    const pointer = tempFile(
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4096\n'),
      'lfs.gguf',
    );
    const good = small();
    const { document, exit } = await documentOf(pointer, good, 'z*.gguf');
    expect(exit).toBe(3);
    expect(document.files).toEqual([
      {
        source: pointer,
        error: {
          code: 'header-unreadable',
          message:
            "not a GGUF file but a Git LFS pointer, not the file itself (which has 4096 bytes): starts with 'vers', expected 'GGUF'",
        },
      },
      expect.objectContaining({ source: good, version: 3 }),
      { source: 'z*.gguf', error: { code: 'not-found', message: 'no file matches z*.gguf' } },
    ]);
  });
});

describe('broken files', () => {
  test('a header that ends early is shown as far as it goes', async () => {
    const whole = smallModel();
    const file = tempFile(whole.cutAt(whole.headerBytes().byteLength - 40).bytes());
    const { out, err, exit } = await runCli(['inspect', file]);
    expect(exit).toBe(3);
    expect(err).toMatch(
      /^ggufix: .*model\.gguf: the file ends in tensor info 4: needs \d+ bytes at offset \d+, has \d+\n$/,
    );
    expect(out).toContain('general.name                        string     small\n');
    expect(out).toContain('! the file ends in tensor info 4');
    const { document } = await documentOf(file);
    expect(document.files[0]).toMatchObject({
      version: 3,
      tensors: { length: 4 },
      error: { code: 'header-unreadable' },
    });
  });

  test('what is wrong with a readable file stands out and is no failure', async () => {
    const file = tempFile(smallModel().cutAt(-90).bytes());
    const { out, err, exit } = await runCli(['inspect', file]);
    expect([err, exit]).toEqual(['', 0]);
    expect(out).toMatch(/What stands out\n! .*missing/s);
    const { document } = await documentOf(file);
    expect(document.files[0]).toMatchObject({ problems: [{ code: 'data-truncated' }] });
  });

  test.each([
    ['version 1', gguf().version1(), /GGUF version 1 at offset 4/],
    ['big-endian', gguf().bigEndian(), /a big-endian GGUF file \(version 3\)/],
    ['empty', gguf().cutAt(0), /not a GGUF file but an empty file/],
  ])('%s is named', async (_what, builder, message) => {
    const { out, err, exit } = await runCli(['inspect', tempFile(builder.bytes())]);
    expect([out, exit]).toEqual(['', 3]);
    expect(err).toMatch(message);
  });
});

test('an interruption ends the run with 130', async () => {
  const signal = AbortSignal.abort(new GgufError('aborted', 'interrupted by SIGINT', { why: 'SIGINT' }));
  const { out, err, exit } = await runCli(['inspect', small()], { signal });
  expect({ out, err, exit }).toEqual({ out: '', err: 'ggufix: interrupted by SIGINT\n', exit: 130 });
});
