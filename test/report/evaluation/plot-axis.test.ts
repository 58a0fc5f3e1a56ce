import { describe, expect, test } from 'vitest';
import { divergenceAxis, sizeAxis } from '../../../src/report/evaluation/plot-axis.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const texts = (ticks: readonly { text: string }[]): string[] => ticks.map(({ text }) => text);

describe('sizeAxis', () => {
  test('is linear, with room at both ends', () => {
    const { place } = sizeAxis([10 * MIB, 20 * MIB, 30 * MIB], 100);
    expect(place(20 * MIB)).toBeCloseTo(50);
    expect(place(30 * MIB) - place(20 * MIB)).toBeCloseTo(place(20 * MIB) - place(10 * MIB));
    expect(place(10 * MIB)).toBeGreaterThan(5);
    expect(place(30 * MIB)).toBeLessThan(95);
  });

  test.each([
    [
      [18.6 * MIB, 32.7 * MIB],
      ['20 MiB', '25 MiB', '30 MiB'],
    ],
    [
      [1.5 * GIB, 5.4 * GIB],
      ['2 GiB', '3 GiB', '4 GiB', '5 GiB'],
    ],
    [
      [4.2 * GIB, 4.4 * GIB],
      ['4.20 GiB', '4.25 GiB', '4.30 GiB', '4.35 GiB', '4.40 GiB'],
    ],
    [
      [100 * GIB, 230 * GIB],
      ['100 GiB', '150 GiB', '200 GiB'],
    ],
  ])('marks %j in round steps', (sizes, expected) => {
    expect(texts(sizeAxis(sizes, 100).ticks)).toEqual(expected);
  });

  test.each([[[4 * GIB]], [[4 * GIB, 4 * GIB]], [[1]]])('%j, which is one size, stands in the middle', (sizes) => {
    const { place, ticks } = sizeAxis(sizes, 100);
    expect(place(sizes[0] ?? 0)).toBeCloseTo(50);
    expect(ticks.length).toBeGreaterThan(0);
  });
});

describe('divergenceAxis', () => {
  test('gives every factor of ten the same length', () => {
    const { place } = divergenceAxis([0.001, 0.1], 100);
    expect(place(0.1) - place(0.01)).toBeCloseTo(place(0.01) - place(0.001));
  });

  test('marks powers of ten, and where they are few, their doubles and halves', () => {
    expect(texts(divergenceAxis([0.0003, 0.5], 100).ticks)).toEqual(['0.001', '0.01', '0.1']);
    expect(texts(divergenceAxis([0.015, 0.2], 100).ticks)).toEqual(['0.02', '0.05', '0.1', '0.2']);
    expect(texts(divergenceAxis([0.5, 30], 100).ticks)).toEqual(['0.5', '1', '2', '5', '10', '20']);
  });

  test('puts what is not above zero at its start, inside the plot', () => {
    const { place } = divergenceAxis([-0.000001, 0, 0.01], 100);
    expect(place(0)).toBe(place(-0.000001));
    expect(place(0)).toBeGreaterThan(0);
    expect(place(1000)).toBe(100);
  });

  test('of one value has it in the middle', () => {
    expect(divergenceAxis([0.01], 100).place(0.01)).toBeCloseTo(50);
  });
});
