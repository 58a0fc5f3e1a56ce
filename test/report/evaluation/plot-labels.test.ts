import { describe, expect, test } from 'vitest';
import { placeLabels } from '../../../src/report/evaluation/plot-labels.js';

const SIZE = { width: 200, height: 100 };

describe('placeLabels', () => {
  test('puts a label at the upper right of its point', () => {
    const [place] = placeLabels([{ x: 50, y: 50, label: 'Q4_0' }], SIZE);
    expect(place).toEqual({ x: 57, y: 45, anchor: 'start' });
  });

  test('turns to the left at the right edge, and down at the upper one', () => {
    const [right, top] = placeLabels(
      [
        { x: 195, y: 50, label: 'Q8_0' },
        { x: 50, y: 2, label: 'Q2_K' },
      ],
      SIZE,
    );
    expect(right?.anchor).toBe('end');
    expect(top?.y).toBeGreaterThan(2);
  });

  test('keeps labels of near points apart', () => {
    const points = [
      { x: 50, y: 50, label: 'Q4_0' },
      { x: 52, y: 48, label: 'Q4_1' },
      { x: 54, y: 46, label: 'Q4_2' },
    ];
    const places = placeLabels(points, SIZE);
    expect(new Set(places.map(({ x, y, anchor }) => `${x} ${y} ${anchor}`)).size).toBe(3);
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) {
        expect(Math.abs(a.y - b.y) >= 13 || a.anchor !== b.anchor || Math.abs(a.x - b.x) >= 28).toBe(true);
      }
    }
  });

  test('every point has a label, also where there is no room left', () => {
    const points = Array.from({ length: 30 }, () => ({ x: 100, y: 50, label: 'the same place' }));
    expect(placeLabels(points, SIZE)).toHaveLength(30);
    expect(placeLabels([{ x: 5, y: 5, label: 'x'.repeat(500) }], SIZE)).toHaveLength(1);
    expect(placeLabels([], SIZE)).toEqual([]);
  });
});
