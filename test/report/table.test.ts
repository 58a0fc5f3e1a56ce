import { describe, expect, test } from 'vitest';
import { PLAIN } from '../../src/report/styles.js';
import { renderTable } from '../../src/report/table.js';
import { displayWidth } from '../../src/report/text-width.js';

const page = (width: number) => ({ width, styles: PLAIN });

describe('renderTable', () => {
  test('aligns columns and ends no line with spaces', () => {
    const text = renderTable(
      [{ title: 'type' }, { title: 'count', align: 'right' }],
      [
        ['Q4_K', '7'],
        ['F32', '1,024'],
      ],
      page(80),
    );
    expect(text).toBe(['type  count', 'Q4_K      7', 'F32   1,024', ''].join('\n'));
  });

  test('a cut column gives way to the others', () => {
    const columns = [
      { title: 'key', max: 8 },
      { title: 'value', fills: true },
    ] as const;
    const rows = [['general.architecture', 'x'.repeat(100)]];
    expect(renderTable(columns, rows, page(30))).toBe(`key       value\ngeneral…  ${'x'.repeat(19)}…\n`);
  });

  test('a page without an end cuts nothing', () => {
    const columns = [
      { title: 'key', max: 8 },
      { title: 'value', fills: true },
    ] as const;
    const text = renderTable(columns, [['general.architecture', 'x'.repeat(500)]], page(Number.POSITIVE_INFINITY));
    expect(text).toContain(`general.architecture  ${'x'.repeat(500)}\n`);
  });

  test('a table without titles has no title line, a table without rows only that', () => {
    expect(renderTable([{ title: '' }, { title: '' }], [['a', 'b']], page(80))).toBe('a  b\n');
    expect(renderTable([{ title: 'a' }], [], page(80))).toBe('a\n');
  });

  test('styled cells are as wide as they look', () => {
    const styled = '\u001b[31merror\u001b[39m';
    const text = renderTable(
      [{ title: 'severity' }, { title: 'n' }],
      [
        [styled, '1'],
        ['info', '2'],
      ],
      page(80),
    );
    const [, first = '', second = ''] = text.split('\n');
    expect(displayWidth(first)).toBe(displayWidth(second));
  });
});
