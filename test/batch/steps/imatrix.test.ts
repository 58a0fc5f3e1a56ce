import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { type BatchPlace, batchPlace } from '../support/place.js';

const NAME = 'stories260K.imatrix.gguf';
const JOB_TIME = { timeout: 120_000 };

function newPlace(): BatchPlace {
  const text = readFileSync(dataPath('model', 'calibration.txt'), 'utf8').slice(0, 20_000);
  return batchPlace(manifest(1), { 'text.txt': text });
}

function manifest(chunks: number): string {
  const model = dataPath('model', 'stories260K.gguf');
  return `models: ${model}\noutput: out\noutputs: Q8_0\nimatrix: { text: text.txt, chunks: ${chunks} }\ncheck: false\n`;
}

describeWithData('makeImatrixOf', () => {
  describeWithTools('with llama.cpp', ['llama-imatrix', 'llama-quantize'], () => {
    test('makes it once, anew for other options, and again when those are back', JOB_TIME, async () => {
      const place = newPlace();
      const first = await place.run();
      expect([...first.outcomes.values()].every(({ status }) => status === 'done')).toBe(true);
      expect((await place.run()).steps).toEqual([]);
      const made = readFileSync(place.at('out', NAME));
      place.manifest(manifest(2));
      expect((await place.run()).steps.filter((step) => step.endsWith('imatrix'))).toHaveLength(1);
      expect(readFileSync(place.at('out', NAME))).not.toEqual(made);
      place.manifest(manifest(1));
      expect((await place.run()).steps.filter((step) => step.endsWith('imatrix'))).toHaveLength(1);
    });

    test('leaves a file of others alone, and says so before it works', JOB_TIME, async () => {
      const place = newPlace();
      mkdirSync(place.at('out'));
      writeFileSync(place.at('out', NAME), 'mine');
      const { outcomes } = await place.run();
      const failed = [...outcomes].find(([id]) => id.startsWith('imatrix of'));
      expect(failed?.[1]).toMatchObject({ status: 'failed', error: { code: 'not-writable' } });
      expect(readFileSync(place.at('out', NAME), 'utf8')).toBe('mine');
    });

    test('knows its own file when it was killed before it noted it', JOB_TIME, async () => {
      const place = newPlace();
      const stop = new AbortController();
      const run = place.run({
        signal: stop.signal,
        onEvent: (event, batch) => {
          if (event.event !== 'step-end' || event.step !== 'imatrix') return;
          // As it was before the record: the file has both of its names.
          const staged = readdirSync(batch.layout.work)[0] ?? '';
          expect(readdirSync(path.join(batch.layout.work, staged))).toContain(NAME);
          const kept = path.join(place.folder, 'kept');
          linkSync(place.at('out', NAME), kept);
          stop.abort(new Error(staged));
        },
      });
      const staged = await run.then(
        () => '',
        (error: Error) => error.message,
      );
      rmSync(place.at('out/.ggufix-batch'), { recursive: true });
      mkdirSync(place.at('out/.ggufix-batch/work', staged), { recursive: true });
      linkSync(place.at('kept'), place.at('out/.ggufix-batch/work', staged, NAME));
      const { outcomes } = await place.run();
      expect([...outcomes.values()].map(({ status }) => status)).toEqual(Array(3).fill('done'));
      expect(readFileSync(place.at('out', NAME))).toEqual(readFileSync(place.at('kept')));
    });
  });
});
