import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { newShardPaths } from '../../../src/sources/shard-name.js';
import { fakeEngine, HELP } from '../../quantizer/support/fake-engine.js';
import { placeModel } from '../../quantizer/support/quantize-tiny.js';
import { splitModel } from '../../quantizer/support/split-model.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { isAlive, pidIn } from '../../support/processes.js';
import { runBinary } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp.js';

import { old, run, start } from '../support/quantize.js';

describe.skipIf(process.platform === 'win32')('ggufix quantize, where the engine', () => {
  test.each([
    ['is killed', 'echo half > "$out"; kill -KILL $$', /failed on \S+in\.gguf \(SIGKILL\)/],
    ['aborts', 'echo "GGML_ASSERT(x) failed" >&2; kill -ABRT $$', /\(SIGABRT\): GGML_ASSERT\(x\) failed/],
    ['writes half and says that all is well', 'head -c 3000 "$source" > "$out"', /out\.gguf/],
    ['writes nothing and says that all is well', 'true', /ended well but wrote no out\.gguf/],
    ['prints a lot and fails', 'yes noise | head -c 50000000 >&2; exit 4', /\(exit code 4\)/],
    ['meets the limit for files', 'ulimit -f 1; cat "$source" > "$out"', /failed|out\.gguf/],
  ])('%s: a clear error, exit code 3, and nothing left', (_what, script, message) => {
    const place = placeModel();
    writeFileSync(place.out, 'old');
    const { out, err, exit } = run(
      place,
      '--type',
      'Q8_0',
      '--engine',
      old(`source=${place.source}; ${script}`),
      '--force',
    );
    expect({ out, exit }).toEqual({ out: '', exit: 3 });
    expect(err).toMatch(/^ggufix: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(readFileSync(place.out, 'utf8')).toBe('old');
    expect(place.rest()).toEqual(['out.gguf']);
  });

  test('lacks what is needed: says so, and what helps', () => {
    const engine = fakeEngine('', HELP.replace(' [--tensor-type-file]', '').replace(' [--dry-run]', ''));
    const { err, exit } = run(placeModel(), '--type', 'Q8_0', '--engine', engine);
    expect({ err, exit }).toEqual({
      err: `ggufix: ${engine} is too old: it knows no --tensor-type-file; use a newer one, or --engine embedded\n`,
      exit: 3,
    });
  });

  test('would do something else than planned: it is not run', () => {
    const engine = fakeEngine('[ "$1" = --dry-run ] || exit 99');
    const { err, exit } = run(placeModel(), '--type', 'Q8_0', '--engine', engine);
    // Flags come before it: whatever it is called with, it names no tensor.
    expect(exit).toBe(3);
    expect(err).toMatch(/would make tensor 'token_embd\.weight' something else, planned is Q8_0|exit code 99/);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'is at work when %s comes: it ends, and nothing is left',
    async (signal) => {
      const place = placeModel();
      const pidFile = path.join(tempFolder(), 'pid');
      const engine = old(`echo half > "$out"; echo $$ > ${pidFile}; exec sleep 1000`);
      const running = start(place, '--type', 'Q8_0', '--engine', engine);
      const pid = await pidIn(pidFile);
      running.child.kill(signal);
      const { err, exit } = await running.ended;
      expect({ err, exit }).toEqual({ err: `ggufix: interrupted by ${signal}\n`, exit: 130 });
      expect(isAlive(pid)).toBe(false);
      expect(place.rest()).toEqual([]);
    },
  );
});

describe.skipIf(process.platform === 'win32')('ggufix quantize --keep-split', () => {
  test.each(['out', 'OUT.GGUF', 'out.gguf'])('to %s leaves nothing of an engine that fails', (out) => {
    const [source] = splitModel();
    const folder = tempFolder();
    // As llama-quantize makes the names of shards.
    const cut =
      'case "$out" in *.gguf*) out=$(echo "$out" | sed s/.....$//);; esac; echo half > "$out-00001-of-00002.gguf"; exit 1';
    const flags = ['--type', 'Q8_0', '--keep-split', '--engine', old(cut)];
    expect(runBinary(['quantize', source, out, ...flags], folder).exit).toBe(3);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describeWithTools('ggufix quantize --keep-split with either engine', ['llama-quantize'], () => {
  test.each(['out', 'OUT.GGUF', 'out.gguf'])('to %s', (out) => {
    const [source] = splitModel();
    const made = ['auto', 'embedded'].map((engine) => {
      const folder = tempFolder();
      const flags = ['--type', 'Q8_0', '--keep-split', '--engine', engine, '--quiet'];
      expect(runBinary(['quantize', source, out, ...flags], folder)).toMatchObject({ out: '', err: '' });
      const shards = newShardPaths(out, 2);
      expect(readdirSync(folder).sort()).toEqual([...shards, `${path.parse(out).name}.recipe.json`].sort());
      return shards.map((shard) => readFileSync(path.join(folder, shard)));
    });
    expect(made[0]).toEqual(made[1]);
  });
});
