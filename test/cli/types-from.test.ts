import { expect, test } from 'vitest';
import { FlagReader } from '../../src/cli/flag-reader.js';
import { readTypesFrom } from '../../src/cli/types-from.js';

test.each([
  [{}, []],
  [{ type: 'q6_k' }, [{ kind: 'type', name: 'q6_k', asIs: false }]],
  [{ type: 'Q4_K_M', asIs: true }, [{ kind: 'type', name: 'Q4_K_M', asIs: true }]],
  [{ recipe: 'UD-Q4_K_XL' }, [{ kind: 'recipe', name: 'UD-Q4_K_XL' }]],
  [
    { like: 'other.gguf', recipe: 'mine.yaml' },
    [
      { kind: 'recipe', name: 'mine.yaml' },
      { kind: 'like', source: 'other.gguf' },
    ],
  ],
])('%j', (given, from) => {
  const reader = new FlagReader(given);
  expect(readTypesFrom(reader)).toEqual(from);
  reader.refuseTheRest();
});
