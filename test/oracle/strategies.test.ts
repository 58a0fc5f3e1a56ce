import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeWithData } from '../support/data.js';
import { describeWithTools, hashesOfTensors, readWithLlamaGguf } from '../support/llama-tools.js';
import { runBinary } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { makeBroken } from './support/broken-gemma.js';
import { headerOf } from './support/model-file.js';
import { sharedFolder } from './support/scratch.js';

const KEY = 'tokenizer.chat_template';

describeWithData('a Gemma 3n whose template grows', () => {
  describeWithTools('read by llama.cpp', ['llama-gguf', 'llama-gguf-hash'], () => {
    let model = '';
    let tensors: ReadonlyMap<string, string> = new Map();
    beforeAll(() => {
      model = makeBroken(sharedFolder(), 'BF16');
      tensors = hashesOfTensors(model);
    }, 60_000);

    /** Sets a template of 20 KB in a copy of the model by one strategy, then by each further one as well. */
    function grow(strategies: readonly string[]): string {
      const folder = tempFolder();
      const file = path.join(folder, 'model.gguf');
      copyFileSync(model, file);
      strategies.forEach((strategy, round) => {
        const source = path.join(folder, `${round}.jinja`);
        writeFileSync(source, `{# ${round} #}`.padEnd(20 * 1024, ' '));
        const argv = ['meta', 'set', file, KEY, '--file', source, '--strategy', strategy, '--json'];
        const run = runBinary(argv, folder);
        expect(run).toMatchObject({ exit: 0, err: '' });
        expect(JSON.parse(run.out).files).toMatchObject([{ status: 'fixed', strategy }]);
      });
      return file;
    }

    test.each([
      ['slide', { strategies: ['slide'], hasFiller: true }],
      ['rewrite', { strategies: ['rewrite'], hasFiller: false }],
      ['slide, then rewrite', { strategies: ['slide', 'rewrite'], hasFiller: false }],
      ['rewrite, then slide', { strategies: ['rewrite', 'slide'], hasFiller: true }],
    ])('keeps every tensor by %s', async (_title, { strategies, hasFiller }) => {
      const file = grow(strategies);
      readWithLlamaGguf(file);
      expect(hashesOfTensors(file)).toEqual(tensors);
      expect((await headerOf(file)).metadata.some(({ key }) => key === 'ggufix.filler')).toBe(hasFiller);
      if (!hasFiller) expect(statSync(file).size - statSync(model).size).toBeLessThan(20 * 1024);
    });

    test('is hashed tensor by tensor', () => {
      expect(tensors.size).toBe(607);
    });
  });
});
