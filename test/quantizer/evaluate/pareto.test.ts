import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paretoFront, type SizedDivergence } from '../../../src/quantizer/evaluate/pareto.js';

const at = (bytes: number, meanKld: number): SizedDivergence => ({ bytes, meanKld });

describe('paretoFront', () => {
  test('keeps what no other beats, by size', () => {
    const points = [at(4, 0.1), at(2, 0.5), at(3, 0.6), at(5, 0.1), at(1, 0.9)];
    expect(paretoFront(points)).toEqual([at(1, 0.9), at(2, 0.5), at(4, 0.1)]);
  });

  test('of the same size the closest stays, of the same divergence the smallest', () => {
    expect(paretoFront([at(2, 0.2), at(2, 0.1), at(3, 0.1)])).toEqual([at(2, 0.1)]);
  });

  test('points that are equal in both stay together', () => {
    const twins = [at(2, 0.1), at(2, 0.1)];
    expect(paretoFront(twins)).toEqual(twins);
  });

  test('what is no number is on no front; nothing has an empty one', () => {
    expect(paretoFront([at(1, Number.NaN), at(2, 0.1)])).toEqual([at(2, 0.1)]);
    expect(paretoFront([])).toEqual([]);
  });

  test('a point is on the front just when no other is at least as good in both and better in one', () => {
    const point = fc.record({ bytes: fc.nat(9), meanKld: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const beats = (a: SizedDivergence, b: SizedDivergence): boolean =>
          a.bytes <= b.bytes && a.meanKld <= b.meanKld && (a.bytes < b.bytes || a.meanKld < b.meanKld);
        const expected = points.filter((one) => !points.some((other) => beats(other, one)));
        expect(new Set(paretoFront(points))).toEqual(new Set(expected));
      }),
    );
  });
});
