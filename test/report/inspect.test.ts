import { describe, expect, test } from 'vitest';
import { parseHeader } from '../../src/gguf/parse.js';
import { type InspectTextOptions, renderInspect } from '../../src/report/inspect.js';
import { PLAIN } from '../../src/report/styles.js';
import { displayWidth } from '../../src/report/text-width.js';
import { type GgufBuilder, gguf } from '../support/gguf-builder.js';
import { smallModel } from '../support/models.js';

const PLAINLY: InspectTextOptions = { keys: [], tensors: false, full: false, verbose: false };

function rendered(file: GgufBuilder, options: Partial<InspectTextOptions> = {}, standsOut: string[] = [], width = 80) {
  const report = { source: 'm.gguf', header: parseHeader(file.bytes()), standsOut };
  return renderInspect(report, { ...PLAINLY, ...options }, { width, styles: PLAIN });
}

describe('renderInspect', () => {
  test('a small model', async () => {
    await expect(rendered(smallModel())).toMatchFileSnapshot('inspect/small-model.txt');
  });

  test('all of a small model', async () => {
    const text = rendered(smallModel(), { full: true, tensors: true, verbose: true });
    await expect(text).toMatchFileSnapshot('inspect/small-model-full.txt');
  });

  test.each([60, 80, 120])('no line is wider than %i columns', (width) => {
    const file = smallModel()
      .metadata('general.description', { type: 'string', value: 'x'.repeat(1000) })
      .metadata('日本語.'.repeat(20), { type: 'string', value: '日本語'.repeat(100) })
      .metadata('many', {
        type: 'array',
        itemType: 'string',
        items: Array.from({ length: 100 }, () => '"\n'.repeat(9)),
      })
      .tensor('blk.0.a_tensor_with_a_name_that_is_nearly_as_long_as_ggml_allows', 'F32', [1, 2, 3, 4]);
    const sentence = 'tensor data is cut off and '.repeat(10);
    const text = rendered(file, { tensors: true }, [sentence, 'y'.repeat(200)], width);
    const wide = text.split('\n').filter((line) => displayWidth(line) > width);
    expect(wide).toEqual([]);
  });

  test('--keys shows these keys and no summary', () => {
    expect(rendered(smallModel(), { keys: ['general.*'] })).toBe(
      [
        'm.gguf',
        '',
        'Metadata',
        'key                   type    value',
        'general.architecture  string  gemma3n',
        'general.name          string  small',
        'general.file_type     uint32  15',
        '',
      ].join('\n'),
    );
  });

  test('says so if no key matches', () => {
    expect(rendered(smallModel(), { keys: ['x.*', 'y'] })).toBe('m.gguf\n\nno key matches x.* or y\n');
  });

  test('what stands out comes before the tables and is limited', () => {
    const text = rendered(
      gguf(),
      {},
      Array.from({ length: 12 }, (_, i) => `oddity ${i}`),
    );
    expect(text).toContain('What stands out\n! oddity 0\n');
    expect(text).toContain('! oddity 9\n  and 2 more, --full shows them\n');
    expect(rendered(gguf(), { full: true }, ['one', 'two'])).toContain('! one\n! two\n');
  });

  test('text of a file cannot steer the terminal', () => {
    const file = gguf()
      .metadata('general.name', { type: 'string', value: '\u001b]0;pwned\u0007' })
      .metadata('\u001b[2J', { type: 'string', value: '\u009b1A' })
      .tensor('\u001b[1m', 'F32', [1]);
    for (const full of [false, true]) {
      const text = rendered(file, { full, tensors: true });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });
});
