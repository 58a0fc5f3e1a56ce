import { describe, expect, test } from 'vitest';
import { PLAIN } from '../../src/report/styles.js';
import { renderWrappedTable } from '../../src/report/wrapped-table.js';

const columns = [{ title: 'rule' }, { title: 'n', align: 'right' }, { title: 'message', fills: true }] as const;

describe('renderWrappedTable', () => {
  test('breaks long cells into lines that stay in their column', () => {
    const rows = [
      ['a/b', '1', 'tensor data is cut off at the end'],
      ['c', '20', 'short'],
    ];
    expect(renderWrappedTable(columns, rows, { width: 28, styles: PLAIN })).toBe(
      ['rule   n  message', 'a/b    1  tensor data is cut', '          off at the end', 'c     20  short', ''].join(
        '\n',
      ),
    );
  });

  test('a name that is longer than its column is broken, not cut', () => {
    const text = renderWrappedTable(columns, [['a', '1', 'per_layer_token_embd.weight']], { width: 24, styles: PLAIN });
    expect(
      text
        .split('\n')
        .slice(1, -1)
        .map((line) => line.slice(9)),
    ).toEqual(['per_layer_token', '_embd.weight']);
  });
});
