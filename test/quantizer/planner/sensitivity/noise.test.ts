import { expect, test } from 'vitest';
import { randomWords } from '../../../../src/quantizer/planner/random.js';
import { addRowNoise, addWeightNoise } from '../../../../src/quantizer/planner/sensitivity/noise.js';

test('each output errs by √error · |row| · |input| / √width', () => {
  const outputs = new Float32Array(4);
  addWeightNoise(
    {
      ...{ outputs, rows: 2, inputs: Float32Array.of(3, 4, 0, 0), width: 2 },
      inputOf: (product) => product,
      rowLengths: () => Float32Array.of(1, 10),
    },
    0.02,
    randomWords(1),
  );
  const scale = Math.sqrt(0.02) * (5 / Math.sqrt(2));
  expect(Math.abs(outputs[0] ?? 0)).toBeCloseTo(scale, 5);
  expect(Math.abs(outputs[1] ?? 0)).toBeCloseTo(10 * scale, 4);
  expect([outputs[2], outputs[3]].map(Math.abs as (value: number | undefined) => number)).toEqual([0, 0]);
});

test('it is the energy that a random error of the weights gives', () => {
  const width = 64;
  const rows = 400;
  const next = randomWords(3);
  const random = () => next() / 2 ** 31 - 1;
  const weights = Float32Array.from({ length: width * rows }, random);
  const input = Float32Array.from({ length: width }, random);
  const error = 0.01;
  let energyOfErrors = 0;
  const lengths = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const own = weights.subarray(row * width, (row + 1) * width);
    const square = own.reduce((sum, each) => sum + each * each, 0);
    lengths[row] = Math.sqrt(square);
    // Errors of the same relative energy, without direction: variance of a uniform number in ±1 is 1/3.
    const scale = Math.sqrt((3 * error * square) / width);
    energyOfErrors += input.reduce((sum, each) => sum + each * scale * random(), 0) ** 2;
  }
  const outputs = new Float32Array(rows);
  const products = { outputs, rows, inputs: input, width, inputOf: () => 0, rowLengths: () => lengths };
  addWeightNoise(products, error, randomWords(9));
  const energyOfNoise = outputs.reduce((sum, each) => sum + each * each, 0);
  expect(energyOfNoise / energyOfErrors).toBeGreaterThan(0.8);
  expect(energyOfNoise / energyOfErrors).toBeLessThan(1.25);
});

test('rows that were looked up get noise of their own energy', () => {
  const values = Float32Array.of(3, 4, 0, 0);
  addRowNoise(values, 2, 0.5, randomWords(1));
  const scale = Math.sqrt((0.5 * 25) / 2);
  expect(Math.abs((values[0] ?? 0) - 3)).toBeCloseTo(scale, 5);
  expect(Math.abs((values[1] ?? 0) - 4)).toBeCloseTo(scale, 5);
  expect([...values.subarray(2)].map(Math.abs)).toEqual([0, 0]);
});
