import { hashOf } from '../survey/hash.js';
import type { Step, StepName } from './job.js';
import { contentOf, isQuantized, type PlanOptions, splitSizeOf } from './plan-options.js';
import type { OutputWork } from './work.js';

/** The steps of an output that is there already. Pure. */
export function otherSteps(work: OutputWork, options: PlanOptions): readonly Step[] {
  const { model, output, mode } = work;
  if (mode === 'there') {
    const there = hashOf('there', output.there);
    return laterSteps(there, work, options);
  }
  return inPlaceSteps(model.identity, work, options);
}

/**
 * The steps of a file that is fixed in place. Their keys go with what the file was before; after a fix it is another one. New
 * rules, of a later ggufix or a config, may find more to fix.
 */
export function inPlaceSteps(identity: string, work: OutputWork, options: PlanOptions): readonly Step[] {
  const { set, weights } = work.output;
  const { ggufix, config } = options.inputs;
  const fix = hashOf('fix in place', contentOf({ id: work.model.id, identity }), weights, set, ggufix, config);
  return [{ name: 'fix', key: fix }, ...laterSteps(fix, work, options)];
}

/** The steps of an output that is made, the last two its hash and its publication. Pure. */
export function madeSteps(
  { model, output, uses }: Pick<OutputWork, 'model' | 'output' | 'uses'>,
  options: PlanOptions,
): readonly Step[] {
  const { set, weights, path } = output;
  const engine = isQuantized(output) ? options.inputs.engine : 'none';
  // Its path: outputs that come to the same, under two names, are two files.
  const make = hashOf('make', path, contentOf(model), weights, set, uses.imatrix ?? 'none', engine);
  const fix = hashOf('fix', make);
  const splitSize = splitSizeOf(output, options);
  const split = hashOf('split', fix, splitSize ?? 'whole');
  const checked = laterSteps(fix, { uses }, options).filter(({ name }) => name !== 'hash');
  const hash = hashOf('hash', split);
  return [
    { name: 'make', key: make },
    { name: 'fix', key: fix },
    ...checked,
    ...(splitSize === undefined ? [] : [{ name: 'split', key: split } as const]),
    { name: 'hash', key: hash },
    { name: 'publish', key: hashOf('publish', hash, path) },
  ];
}

/** What is done to a file that is as it shall be. */
function laterSteps(file: string, { uses }: Pick<OutputWork, 'uses'>, options: PlanOptions): readonly Step[] {
  const { settings, inputs } = options;
  const step = (name: StepName, ...depends: readonly unknown[]): Step => ({
    name,
    key: hashOf(name, file, ...depends),
  });
  return [
    ...(settings.check === false ? [] : [step('check', settings.check, inputs.ggufix, inputs.config)]),
    ...(uses.scores === undefined ? [] : [step('evaluate', uses.scores)]),
    step('hash'),
  ];
}
