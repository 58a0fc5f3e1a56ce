import type { Manifest, ManifestModel, ManifestOutput } from './manifest.js';
import { safeName } from './safe-name.js';

/** Something wrong, and the path of keys and indices to where it is. */
export interface ManifestProblem {
  readonly message: string;
  readonly path: (string | number)[];
}

/** What is wrong with a manifest whose parts are right one by one. */
export function manifestProblems(manifest: Manifest): ManifestProblem[] {
  return [
    ...repeatedModels(manifest.models),
    ...modelsWithoutOutputs(manifest),
    ...outputLists(manifest).flatMap(([outputs, path]) => collisions(outputs, manifest.name, path)),
    ...withoutFolder(manifest),
  ];
}

type Outputs = readonly ManifestOutput[];

function outputLists({ outputs, models }: Manifest): [Outputs, (string | number)[]][] {
  const own = models.flatMap((model, index): [Outputs, (string | number)[]][] => {
    return model.outputs === undefined ? [] : [[model.outputs, ['models', index, 'outputs']]];
  });
  return [[outputs, ['outputs']], ...own];
}

function repeatedModels(models: readonly ManifestModel[]): ManifestProblem[] {
  const seen = new Set<string>();
  return models.flatMap(({ source }, index) => {
    if (!seen.has(source)) {
      seen.add(source);
      return [];
    }
    return [{ message: `the model '${source}' is there twice`, path: ['models', index] }];
  });
}

function modelsWithoutOutputs({ models, outputs }: Manifest): ManifestProblem[] {
  if (outputs.length > 0) return [];
  const index = models.findIndex((model) => model.outputs === undefined);
  if (index < 0) return [];
  return [{ message: 'there are no outputs: say what is made, such as [Q4_K_M, Q8_0]', path: ['outputs'] }];
}

/** Outputs of one model that would be written to one file. File systems may not tell letters of different case apart. */
function collisions(outputs: Outputs, template: string, path: (string | number)[]): ManifestProblem[] {
  const first = new Map<string, string>();
  return outputs.flatMap((output, index) => {
    const place = placeOf(output, template);
    const other = first.get(place);
    if (other === undefined) {
      first.set(place, output.label);
      return [];
    }
    const message = isInPlace(output)
      ? 'a model is fixed in place once'
      : `it would be written to the file of '${other}': give it a label or a name of its own`;
    return [{ message, path: [...path, index] }];
  });
}

function placeOf(output: ManifestOutput, template: string): string {
  if (isInPlace(output)) return '';
  const { name = template, label, making } = output;
  const type = making.kind === 'type' ? making.name : safeName(label);
  return name.replaceAll('{label}', label).replaceAll('{type}', type).toLowerCase();
}

function withoutFolder(manifest: Manifest): ManifestProblem[] {
  const outputs = outputLists(manifest).flatMap(([list]) => list);
  if (manifest.output !== undefined || outputs.every(isInPlace)) return [];
  return [{ message: 'say into which folder the outputs go', path: ['output'] }];
}

function isInPlace({ making }: ManifestOutput): boolean {
  return making.kind === 'fix' && making.inPlace;
}
