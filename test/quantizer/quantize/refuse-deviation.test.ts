import { describe, expect, test } from 'vitest';
import { findEngine } from '../../../src/quantizer/engine/find-engine.js';
import { refuseDeviation } from '../../../src/quantizer/quantize/refuse-deviation.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { tempFolder } from '../../support/temp.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { llama } from '../recipes/support/shapes.js';
import { fakeEngine, HELP } from '../support/fake-engine.js';

const recipe = resolveStock('Q8_0', bareHeader(llama({ layers: 1 })));
const job = {
  input: '/in.gguf',
  output: '/out.gguf',
  fileType: 'Q8_0',
  threads: 1,
  dryRun: false,
  keys: [],
  allowRequantize: false,
  keepSplit: false,
};

/** Compares the recipe with what a dry run prints. */
async function compare(types: Readonly<Record<string, string>>, help = HELP): Promise<void> {
  const lines = Object.entries(types).map(
    ([name, type], i) => `[ ${i + 1}/ 9] ${name} - [ 512, 4, 1, 1], type = f16, size = 1 MiB -> 1 MiB (${type})`,
  );
  const script = `[ "$1" = --dry-run ] || exit 9\ncat >&2 <<'END'\n${lines.join('\n')}\nEND`;
  const engine = await findEngine({ wanted: fakeEngine(script, help), env: {} });
  await refuseDeviation(engine, job, recipe, { folder: tempFolder() });
}

const planned = Object.fromEntries(recipe.choices.map(({ tensor }) => [tensor.name, 'q8_0']));

describe.skipIf(process.platform === 'win32')('an engine', () => {
  test('that would do what was planned goes on', async () => {
    await compare(planned);
  });

  test('that would do something else is stopped before it starts', async () => {
    await expect(compare({ ...planned, 'output.weight': 'q6_K', 'blk.0.attn_q.weight': 'q4_K' })).rejects.toMatchObject(
      {
        code: 'verification-failed',
        message: expect.stringMatching(/would make tensor 'output.weight' Q6_K, planned is Q8_0 \(and 1 more\)$/),
      },
    );
  });

  test('that forgets a tensor is stopped', async () => {
    const { 'blk.0.attn_v.weight': _forgotten, ...others } = planned;
    await expect(compare(others)).rejects.toThrow("would make tensor 'blk.0.attn_v.weight' something else");
  });

  test('that cannot be asked is believed: its result is compared later', async () => {
    await compare({}, HELP.replace(' [--dry-run]', ''));
  });
});
