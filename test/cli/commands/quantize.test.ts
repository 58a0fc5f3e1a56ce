import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { quantizedDocumentSchema } from '../../../src/report/quantize-schema.js';
import { fakeEngine } from '../../quantizer/support/fake-engine.js';
import { ggufImatrix } from '../../quantizer/support/imatrix.js';
import { describeWithLlama } from '../../quantizer/support/llama.js';
import { placeModel } from '../../quantizer/support/quantize-tiny.js';
import { splitModel } from '../../quantizer/support/split-model.js';
import { TINY_COUNTS, tinyLlama } from '../../quantizer/support/tiny-llama.js';
import { pidIn, untilGone } from '../../support/processes.js';
import { runBinary } from '../../support/run-cli.js';
import { tempFile, tempFolder } from '../../support/temp.js';

import { documentOf, keysOf, old, Q8, run, start } from '../support/quantize.js';

describeWithLlama('ggufix quantize with nothing installed', () => {
  test('makes a file and its recipe, exactly as large as the dry run says', () => {
    const place = placeModel();
    const plan = documentOf(place, ...Q8, '--dry-run');
    expect(plan).toMatchObject({ status: 'planned', outputs: [], output: 'out.gguf', exit: 0 });
    expect(place.rest()).toEqual([]);
    const made = documentOf(place, ...Q8);
    expect(made).toMatchObject({
      status: 'made',
      outputs: ['out.gguf'],
      sidecar: 'out.recipe.json',
      engine: { kind: 'embedded', version: expect.stringMatching(/\(embedded\)$/) },
      bytes: plan.bytes,
    });
    expect(statSync(place.out).size).toBe(plan.bytes);
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
    const keys = keysOf(place.out);
    expect(Object.keys(keys)).toHaveLength(TINY_COUNTS.keyCount + 6);
    expect(keys).toMatchObject({
      'general.quantized_by': expect.stringMatching(/^ggufix \d/),
      'general.file_type': 7,
      'general.quantization_version': 2,
      'ggufix.recipe.name': 'Q8_0',
      'ggufix.recipe.sha256': made.recipe.sha256,
      'ggufix.source.sha256': made.sourceSha256,
    });
    expect(readFileSync(place.out).includes(place.folder)).toBe(false);
  });

  test('twice gives the same bytes, and so does the recipe beside the result', () => {
    const [a, b, c] = [placeModel(), placeModel(), placeModel()];
    run(a, ...Q8);
    run(b, ...Q8, '--threads', '2');
    const recipe = path.join(a.folder, 'out.recipe.json');
    const again = run(c, '--recipe', recipe, '--engine', 'embedded');
    expect(again.err).toBe('');
    expect(readFileSync(b.out).equals(readFileSync(a.out))).toBe(true);
    expect(readFileSync(c.out).equals(readFileSync(a.out))).toBe(true);
    expect(readFileSync(path.join(b.folder, 'out.recipe.json'))).toEqual(readFileSync(recipe));
  });

  test.each([0, 8, 16, 24])(
    'plans, says and makes the same size where metadata is repaired (%i more bytes)',
    (more) => {
      const keys = {
        'general.description': { type: 'string', value: 'x'.repeat(more) },
        'llama.attention.shared_kv_layers': { type: 'float64', value: 1 },
        'ggufix.filler': { type: 'array', itemType: 'uint64', items: new Array(100).fill(0n) },
      } as const;
      const place = placeModel(tinyLlama({ keys }));
      const made = documentOf(place, '--target-bpw', '7', '--sensitivity', 'expected', '--engine', 'embedded');
      expect(keysOf(place.out)).toMatchObject({ 'llama.attention.shared_kv_layers': 1 });
      expect(keysOf(place.out)).not.toHaveProperty(['ggufix.filler']);
      const { size } = statSync(place.out);
      expect([made.bytes, made.plan?.fileBytes]).toEqual([size, size]);
    },
  );

  test('says for people what it did', () => {
    const place = placeModel();
    const { out, err } = run(place, ...Q8, '--tensor', 'token_embd.weight=f16');
    expect(err).toBe('');
    expect(out.replace(/\d+\.\d+\.\d+ \(embedded\)|[\d.]+ s/g, '…')).toContain(`    Q8_0, by the embedded llama.cpp, …

    type  tensors  weights      size   share
    F16         1      512  1.00 KiB   8.6 %
    Q8_0        7   10,240  10.6 KiB  91.4 %
`);
    expect(out).toMatch(/✓ wrote \S+ KiB \([\d,]+ bytes\) in [\d.]+ s, [\d.]+ bpw, [\d.]+ % of the model/);
  });

  test('shows its progress as JSON lines', () => {
    const { err } = run(placeModel(), ...Q8, '--progress', 'json');
    const events: { event: string; label: string; total: number; done: number }[] = err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ event }) => event === 'end').map(({ label }) => label)).toEqual([
      ...['quantize out.gguf', 'verify'],
    ]);
    for (const { done, total } of events.filter(({ event }) => event === 'end')) expect(done).toBe(total);
  });

  test('takes an importance matrix, and writes no folder into the result', () => {
    const place = placeModel();
    const entry = { sums: [new Array(32).fill(1)], counts: [1] };
    const imatrix = tempFile(ggufImatrix({ 'blk.0.attn_q.weight': entry }).bytes(), 'im.gguf');
    const flags = ['--type', 'Q4_0', '--engine', 'embedded', '--imatrix', imatrix];
    const plan = documentOf(place, ...flags, '--dry-run');
    const made = documentOf(place, ...flags);
    expect(made.notes).toEqual([expect.stringContaining('blk.0.attn_k.weight')]);
    expect(statSync(place.out).size).toBe(plan.bytes);
    expect(keysOf(place.out)).toMatchObject({
      'quantize.imatrix.file': 'im.gguf',
      'quantize.imatrix.dataset': 'text.txt',
      'quantize.imatrix.entries_count': 1,
      'quantize.imatrix.chunks_count': 10,
    });
    expect(readFileSync(path.join(place.folder, 'out.recipe.json'), 'utf8')).toContain('"file": "im.gguf"');
  });

  test('joins shards, or keeps them', () => {
    const [first, second] = splitModel();
    const folder = path.dirname(first);
    const split = (...flags: string[]) => {
      const { out, err } = runBinary(['quantize', second, 'out.gguf', ...Q8, '--json', ...flags], folder);
      expect(err).toBe('');
      return quantizedDocumentSchema.parse(JSON.parse(out));
    };
    expect(split()).toMatchObject({ outputs: ['out.gguf'], bytes: statSync(path.join(folder, 'out.gguf')).size });
    const kept = split('--keep-split', '--force');
    expect(kept.outputs).toEqual(['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf']);
    const sizes = kept.outputs.map((file) => statSync(path.join(folder, file)).size);
    expect(kept.bytes).toBe(sizes.reduce((sum, each) => sum + each, 0));
    expect(kept.sidecar).toBe('out.recipe.json');
    expect(readdirSync(folder)).toHaveLength(2 + 1 + 2 + 1);
  });

  test('takes a source that an earlier change left with a filler', () => {
    const place = placeModel();
    const long = 'x'.repeat(3000);
    expect(
      runBinary(['meta', 'set', place.source, 'general.description', long, '--as', 'string'], place.folder).exit,
    ).toBe(0);
    expect(keysOf(place.source)).toHaveProperty('ggufix.filler');
    expect(documentOf(place, ...Q8)).toMatchObject({ status: 'made', outputs: ['out.gguf'] });
    expect(keysOf(place.out)).toMatchObject({ 'general.description': long });
    expect(keysOf(place.out)).not.toHaveProperty('ggufix.filler');
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });

  test('where the result cannot be measured, the report says that it is there', () => {
    const place = placeModel();
    const text = path.join(tempFolder(), 'text');
    writeFileSync(text, 'some text');
    const perplexity = fakeEngine('echo cannot >&2; exit 1', 'usage');
    const environment = { ...process.env, LLAMA_PERPLEXITY: perplexity };
    const argv = ['quantize', place.source, 'out.gguf', ...Q8, '--evaluate', '--text', text, '--json'];
    const { out, err, exit } = runBinary(argv, place.folder, environment);
    expect(quantizedDocumentSchema.parse(JSON.parse(out))).toMatchObject({
      status: 'made',
      findings: expect.any(Array),
    });
    expect(err).toMatch(/cannot/);
    expect(exit).toBe(3);
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });

  test('a finding of severity error is exit code 1, and the file stays', () => {
    const place = placeModel(tinyLlama({ blockCount: { type: 'uint32', value: 2 } }));
    const { findings, exit } = documentOf(place, ...Q8);
    expect(findings.filter(({ severity }) => severity === 'error')).not.toEqual([]);
    expect(exit).toBe(1);
    expect(existsSync(place.out)).toBe(true);
  });

  test('is taken where PATH has no llama-quantize', () => {
    const place = placeModel();
    const { PATH: _path, LLAMA_QUANTIZE: _engine, ...rest } = process.env;
    const { out } = runBinary(['quantize', place.source, 'out.gguf', '--type', 'Q8_0'], place.folder, {
      ...rest,
      PATH: tempFolder(),
    });
    expect(out).toContain('the embedded llama.cpp');
  });

  test('two runs at once on one result: one makes it, the other says why not', async () => {
    const place = placeModel();
    const runs = await Promise.all([start(place, ...Q8).ended, start(place, ...Q8).ended]);
    const [good, bad] = runs.toSorted((a, b) => (a.exit ?? 0) - (b.exit ?? 0));
    // Where the first was done before the second began, the result is there already.
    expect(bad?.exit).toBe(3);
    expect(bad?.err).toMatch(/is being changed by process \d+|it exists already/);
    expect(good?.err).toBe('');
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });

  test.runIf(process.platform !== 'win32')('after a kill -9 the next run cleans up and makes the file', async () => {
    const place = placeModel();
    const pidFile = path.join(tempFolder(), 'pid');
    const engine = old(`echo half > "$out"; echo $$ > ${pidFile}; while :; do sleep 0.1; echo alive >&2; done`);
    const victim = start(place, '--type', 'Q8_0', '--engine', engine);
    const enginePid = await pidIn(pidFile);
    victim.child.kill('SIGKILL');
    await victim.ended;
    expect(place.rest()).toEqual(['.out.gguf.ggufix-lock', expect.stringMatching(/^\.out\.gguf\.ggufix-tmp-/)]);
    // Its next word meets a closed pipe.
    await untilGone(enginePid);
    expect(run(place, ...Q8).err).toBe('');
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });
});
