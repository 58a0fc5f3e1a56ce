import { describe, expect, test } from 'vitest';
import { openLlama } from '../../../src/quantizer/embedded/library.js';
import { locateLlama } from '../../../src/quantizer/embedded/locate.js';
import {
  CONTEXT_PARAMS,
  knownRelease,
  layoutMismatches,
  MODEL_PARAMS,
} from '../../../src/quantizer/embedded/structs.js';
import { describeWithLlama } from '../support/llama.js';

const initials = Object.fromEntries(
  Object.entries(MODEL_PARAMS.members).map(([member, { initial }]) => [member, initial]),
);

describe('layoutMismatches', () => {
  test('is empty for the defaults that the layout states', () => {
    expect(layoutMismatches(MODEL_PARAMS, initials)).toEqual([]);
  });

  test('names each member that reads otherwise', () => {
    expect(layoutMismatches(MODEL_PARAMS, { ...initials, split_mode: 0, no_host: true })).toEqual([
      'split_mode is 0, expected 1',
      'no_host is true, expected false',
    ]);
  });
});

describeWithLlama('the structs of the installed llama.cpp', () => {
  test.each([MODEL_PARAMS, CONTEXT_PARAMS])('lie as $defaultsFunction says', async (layout) => {
    const library = await openLlama(await locateLlama());
    const { type, defaults } = library.struct(layout);
    expect(Object.keys(defaults)).toEqual(Object.keys(layout.members));
    expect(type.size % 8).toBe(0);
  });

  // Those that the probe sets: had one of them moved, a wrong member would be written.
  const set = [
    ...['devices', 'n_gpu_layers', 'load_mode', 'use_extra_bufts'].map((member) => [member, MODEL_PARAMS] as const),
    ...['n_ctx', 'n_outputs_max', 'n_threads', 'swa_full'].map((member) => [member, CONTEXT_PARAMS] as const),
  ];
  test.each(set)('are refused if there is no %s', async (member, layout) => {
    const library = await openLlama(await locateLlama());
    const { [member]: _removed, ...members } = layout.members;
    expect(() => library.struct({ ...layout, members })).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});

describe('knownRelease', () => {
  test.each([
    ['0.5.0-dev', '0.5.0'],
    ['0.4.0', '0.4.0'],
    ['0.5.01', undefined],
    ['0.7.0', undefined],
  ])('finds in %s the release %s', (version, release) => {
    expect(knownRelease(version)).toBe(release);
  });
});
