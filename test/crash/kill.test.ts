import { afterAll, describe, expect, test } from 'vitest';
import { tempFolder } from '../support/temp.js';
import { memoryFolder } from './memory-folder.js';
import { type Phase, phaseOf } from './phase.js';
import { randomFrom } from './random.js';
import { SCENES, type Scale, type Scene } from './scenes.js';
import { expectWhole } from './verdict.js';
import { startVictims, type Victim } from './victim.js';

const isSlow = process.env['GGUFIX_SLOW'] !== undefined;
const seed = Number(process.env['GGUFIX_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Runs of each kind of work. */
const RUNS = isSlow ? 200 : 8;

/** Processes that load while another one works: loading takes longer than the work. */
const SPARES = 2;

/** Big enough that reading, writing and syncing each take milliseconds. */
const SCALE: Scale = { metadata: 2 ** 20, rows: 512, threads: 2 };

/** Runs that measure how long the work takes, so that the kills fall into it. */
const MEASURED_RUNS = isSlow ? 5 : 2;

/** On a disk most of the time goes into syncs, in memory into reads and writes: half of the runs each. */
const FOLDERS = (): string[] => [tempFolder(), memoryFolder()];

const KILLED = ['patch', 'slide', 'rewrite', 'undo', 'recover'] as const;

const victims = startVictims(SPARES);
afterAll(() => victims[Symbol.dispose]());

describe('kill -9 at a random moment', () => {
  test.each(KILLED)(
    `%s: the old file, the new one, or recover makes it one of them (${RUNS} runs, GGUFIX_SEED=${seed})`,
    async (name) => {
      const random = randomFrom(seed);
      const hits = new Map<Phase, number>();
      for (const folder of FOLDERS()) {
        const scene = await SCENES[name](folder, SCALE);
        const duration = await measure(scene);
        for (let run = 0; run < RUNS / 2; run += 1) {
          // One moment in each of as many equal parts of the time, and a little beyond.
          const moment = ((run + random()) / (RUNS / 2)) * 1.1 * duration;
          const phase = await killOnce(scene, victims.next(), moment);
          hits.set(phase, (hits.get(phase) ?? 0) + 1);
        }
      }
      console.log(summary(name, hits));
      const outside = (hits.get('before the first write') ?? 0) + (hits.get('done') ?? 0);
      expect(outside, 'too few kills hit the work').toBeLessThan(isSlow ? (RUNS * 3) / 4 : RUNS);
    },
    600_000,
  );
});

async function killOnce(scene: Scene, victim: Victim, moment: number): Promise<Phase> {
  await scene.reset();
  await victim.prepare(scene.orders);
  const ending = await victim.run(moment);
  const where = `GGUFIX_SEED=${seed}, killed after ${moment.toFixed(2)} ms`;
  expect(ending.how, `${where}: ${JSON.stringify(ending)}`).not.toBe('failed');
  const phase = await phaseOf(scene);
  await expectWhole(scene, `${where}, in phase '${phase}'`);
  return phase;
}

async function measure(scene: Scene): Promise<number> {
  const durations: number[] = [];
  for (let run = 0; run < MEASURED_RUNS; run += 1) {
    const victim = victims.next();
    await scene.reset();
    await victim.prepare(scene.orders);
    const ending = await victim.run();
    if (ending.how !== 'done') throw new Error(`not killed, yet ${JSON.stringify(ending)}`);
    durations.push(ending.milliseconds);
  }
  // The machine may be busy with other tests; the work itself takes the shortest of these times.
  return Math.min(...durations);
}

function summary(name: string, hits: ReadonlyMap<Phase, number>): string {
  const shares = [...hits].map(([phase, count]) => `${phase} ${count}`).join(', ');
  return `kill -9, ${name}, ${RUNS} runs: ${shares}`;
}
