import { describe, expect, test } from 'vitest';
import { FlagReader } from '../../src/cli/flag-reader.js';
import { readFlags } from '../../src/cli/flags.js';
import { GgufError } from '../../src/errors.js';

describe('FlagReader', () => {
  test('gives each flag its type', () => {
    const reader = new FlagReader({ full: true, keys: ['a', 'b'], from: 'x.gguf', threads: '0', mode: 'bar' });
    expect(reader.isSet('full')).toBe(true);
    expect(reader.isSet('tensors')).toBe(false);
    expect(reader.list('keys')).toEqual(['a', 'b']);
    expect(reader.list('ignore')).toEqual([]);
    expect(reader.text('from')).toBe('x.gguf');
    expect(reader.text('out')).toBeUndefined();
    expect(reader.integer('threads', 0, 8)).toBe(0);
    expect(reader.choice('mode', ['bar', 'none'])).toBe('bar');
    reader.refuseTheRest();
  });

  test.each(['-1', '9', '1e3', '', 'x', '0x1', 3])('%j is no whole number from 0 to 8', (value) => {
    const reader = new FlagReader({ threads: value });
    expect(reader.integer('threads', 0, 8)).toBeUndefined();
    expect(() => reader.refuseTheRest()).toThrow(
      `--threads is ${JSON.stringify(value)}, expected a whole number from 0 to 8`,
    );
  });

  test('names every flag that is wrong, as it is typed', () => {
    const reader = new FlagReader({ lowDisk: 'yes', mode: 'loud', keys: 'a' });
    reader.isSet('lowDisk');
    reader.choice('mode', ['bar', 'none']);
    reader.list('keys');
    expect(() => reader.refuseTheRest()).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        details: {
          problems: [
            '--low-disk is "yes", expected no value',
            '--mode is "loud", expected bar, none',
            '--keys is "a", expected values',
          ],
        },
      }),
    );
  });

  test('refuses what nobody reads', () => {
    expect(() => new FlagReader({ keepUndo: true }).refuseTheRest()).toThrow('unknown flag --keep-undo');
  });
});

describe('readFlags', () => {
  test('fills in the shared flags', () => {
    expect(readFlags({}, () => ({}))).toEqual({
      json: false,
      quiet: false,
      verbose: false,
      threads: undefined,
      progress: 'auto',
    });
  });

  test('adds the own flags of a command and refuses others', () => {
    const own = (reader: FlagReader) => ({ full: reader.isSet('full') });
    expect(readFlags({ full: true, json: true, threads: '4' }, own)).toMatchObject({
      full: true,
      json: true,
      threads: 4,
    });
    expect(() => readFlags({ ful: true }, own)).toThrow(GgufError);
  });
});
