import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fakeEngine } from '../quantizer/support/fake-engine.js';
import { describeWithLlama } from '../quantizer/support/llama.js';
import { placeModel } from '../quantizer/support/quantize-tiny.js';
import { canMount, smallDisk } from '../quantizer/support/small-disk.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools } from '../support/llama-tools.js';
import { runBinary } from '../support/run-cli.js';

/** Both engines as a shell runs them. */
const ENGINES = [
  ['llama-quantize', 'llama-quantize'],
  [
    'the embedded engine',
    `${process.execPath} ${fileURLToPath(new URL('../../dist/quantizer/embedded/quantize-child.js', import.meta.url))}`,
  ],
] as const;

const model = (): Buffer => readFileSync(dataPath('model/tiny-gemma3n-BF16.gguf'));

describeWithData('ggufix quantize on the trained model', () => {
  describeWithTools('where the real engine', ['llama-quantize'], () => {
    describeWithLlama('of either kind', () => {
      const moments = ENGINES.flatMap(([name, command]) =>
        [0, 0.2, 0.6, 1.2].map((after) => [name, after, command] as const),
      );

      test.each(moments)('is killed: %s, %s s after its start', (_name, after, command) => {
        const place = placeModel(model());
        writeFileSync(place.out, 'old');
        // The dry run before lives; the shell ends as the engine did.
        const engine = fakeEngine(
          `case "$*" in *--dry-run*) exec ${command} "$@";; esac\n${command} "$@" &\nsleep ${after}; kill -KILL $!; wait $!`,
        );
        const flags = ['--type', 'IQ4_XS', '--threads', '1', '--engine', engine, '--force'];
        const { out, err, exit } = runBinary(['quantize', place.source, 'out.gguf', ...flags], place.folder);
        expect({ out, exit }).toEqual({ out: '', exit: 3 });
        expect(err).toMatch(/^ggufix: \S+ failed on \S+in\.gguf \(exit code 137\)[^\n]*\n$/);
        expect(place.rest()).toEqual(['out.gguf']);
        expect(readFileSync(place.out, 'utf8')).toBe('old');
      });

      test.skipIf(!canMount).each(ENGINES)('meets a disk that fills up: %s', (_name, command) => {
        const { folder } = smallDisk(40 * 2 ** 20);
        const place = placeModel(model(), folder);
        // The result has 34 MB, and somebody else comes first with 30.
        const engine = fakeEngine(
          `case "$*" in *--dry-run*) exec ${command} "$@";; esac\nhead -c 30000000 /dev/zero > ${folder}/other\nexec ${command} "$@"`,
        );
        const flags = ['--type', 'Q8_0', '--engine', engine];
        const { out, err, exit } = runBinary(['quantize', place.source, place.out, ...flags], place.folder);
        expect({ out, exit }).toEqual({ out: '', exit: 3 });
        expect(err).toMatch(/has \d+ bytes free, \d+ are needed/);
        expect(place.rest()).toEqual(['other']);
      });
    });
  });
});
