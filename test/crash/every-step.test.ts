import { afterAll, describe, expect, test } from 'vitest';
import { tempFolder } from '../support/temp.js';
import { SCENES, type Scale, type Scene } from './scenes.js';
import { expectWhole } from './verdict.js';
import { startVictims } from './victim.js';

const isSlow = process.env['GGUFIX_SLOW'] !== undefined;

/** File operations of each kind of work that are tried; all of them where time does not matter. */
const STEPS = isSlow ? Number.POSITIVE_INFINITY : 6;

/** Small, and in one thread: only there can the driver count the calls. */
const SCALE: Scale = { metadata: 2 ** 12, rows: 4, threads: 0 };

const victims = startVictims(2);
afterAll(() => victims[Symbol.dispose]());

describe('killed before a file operation, half of a write done', () => {
  test.each(Object.keys(SCENES) as (keyof typeof SCENES)[])(
    '%s',
    async (name) => {
      const scene = await SCENES[name](tempFolder(), SCALE);
      const steps = await countSteps(scene);
      expect(steps).toBeGreaterThan(5);
      for (const step of spread(steps, STEPS)) await dieAt(scene, step);
      if (isSlow) console.log(`killed before each of ${steps} file operations: ${name}`);
    },
    300_000,
  );
});

async function dieAt(scene: Scene, step: number): Promise<void> {
  await scene.reset();
  const victim = victims.next();
  await victim.prepare({ ...scene.orders, dieAt: step });
  const ending = await victim.run();
  expect(ending, `operation ${step}`).toEqual({ how: 'killed' });
  await expectWhole(scene, `killed before operation ${step}`);
}

async function countSteps(scene: Scene): Promise<number> {
  await scene.reset();
  const victim = victims.next();
  await victim.prepare({ ...scene.orders, dieAt: Number.MAX_SAFE_INTEGER });
  const ending = await victim.run();
  if (ending.how !== 'done') throw new Error(`not killed, yet ${JSON.stringify(ending)}`);
  return ending.calls;
}

/** Up to `count` numbers from 1 to `last`, evenly spread. */
function spread(last: number, count: number): number[] {
  const numbers = Math.min(last, count);
  return Array.from({ length: numbers }, (_, i) => 1 + Math.floor(((i + 0.5) * last) / numbers));
}
