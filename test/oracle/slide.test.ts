import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithData } from '../support/data.js';
import { describeWithTools, hashesOfTensors, readWithLlamaGguf, runTool } from '../support/llama-tools.js';
import { runBinary } from '../support/run-cli.js';
import { neighboursOf, tempFolder } from '../support/temp.js';
import { writeLargeModel } from './support/large-model.js';
import { sha256 } from './support/model-file.js';
import { sharedFolder } from './support/scratch.js';

const KEY = 'tokenizer.chat_template';

/** What a repair of a file of 2 GiB may write when it moves two small tensors: megabytes, not gigabytes. */
const MOST_BYTES = 64 * 2 ** 20;

describeWithData('a model of more than 2 GiB', () => {
  describeWithTools('in llama.cpp', ['llama-gguf', 'llama-gguf-hash', 'llama-completion'], () => {
    let original = { sha256: '', tensors: new Map() as ReadonlyMap<string, string> };
    beforeAll(async () => {
      const file = path.join(sharedFolder(), 'model.gguf');
      await writeLargeModel(file, template(1024));
      original = { sha256: sha256(file), tensors: hashesOfTensors(file) };
    }, 300_000);

    let folder = '';
    let file = '';
    beforeEach(async () => {
      folder = tempFolder();
      file = path.join(folder, 'model.gguf');
      await writeLargeModel(file, template(1024));
    });

    function setTemplate(text: string): { strategy: string; bytesWritten: number } {
      const source = path.join(folder, 'template.jinja');
      writeFileSync(source, text);
      const run = runBinary(['meta', 'set', file, KEY, '--file', source, '--keep-undo', '--json'], folder);
      expect(run).toMatchObject({ exit: 0, err: '' });
      const { files } = JSON.parse(run.out);
      expect(files).toMatchObject([{ status: 'fixed', applied: [{ title: expect.stringContaining(KEY) }] }]);
      return files[0];
    }

    function expectGood(bytes: number): void {
      runTool('llama-completion', [
        '-m',
        file,
        '-p',
        'Once',
        '-n',
        '1',
        '-c',
        '64',
        '-t',
        '1',
        '-no-cnv',
        '--temp',
        '0',
      ]);
      expect(runBinary(['check', file], folder)).toMatchObject({ exit: 0 });
      expect(runBinary(['meta', 'get', file, KEY], folder).out).toBe(template(bytes));
      expect(hashesOfTensors(file)).toEqual(original.tensors);
    }

    function expectUndone(): void {
      expect(runBinary(['undo', file], folder)).toMatchObject({ exit: 0, err: '' });
      expect(sha256(file)).toBe(original.sha256);
      expect(neighboursOf(file)).toEqual(['template.jinja']);
    }

    test('takes a template of 20 KB by writing megabytes, and gives the old one back', () => {
      const change = setTemplate(template(20 * 1024));
      expect(change.strategy).toBe('slide');
      expect(change.bytesWritten).toBeGreaterThan(20 * 1024);
      expect(change.bytesWritten).toBeLessThan(MOST_BYTES);
      readWithLlamaGguf(file);
      expectGood(20 * 1024);
      expectUndone();
    }, 300_000);

    test('takes another template of the same size by writing no more than that, and gives the old one back', () => {
      const change = setTemplate(template(1024).replaceAll('-', '='));
      expect(change.strategy).toBe('patch');
      expect(change.bytesWritten).toBeLessThanOrEqual(1024);
      expectUndone();
    }, 300_000);

    test('has room for a third template after it has grown once', () => {
      setTemplate(template(20 * 1024));
      const { size } = statSync(file);
      const change = setTemplate(template(200 * 1024));
      expect(change.strategy).toBe('patch');
      expect(change.bytesWritten).toBeLessThan(MOST_BYTES);
      expect(statSync(file).size).toBe(size);
      expectGood(200 * 1024);
    }, 300_000);
  });
});

/** A chat template of exactly so many bytes. */
function template(bytes: number): string {
  const body = '{% for message in messages %}{{ message.content }}{% endfor %}{##}';
  return body.replace('{##}', `{#${'-'.repeat(bytes - body.length)}#}`);
}
