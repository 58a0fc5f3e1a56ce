import type { Manifest, ManifestOutput } from '../../../../src/batch/manifest/manifest.js';
import { parseManifest } from '../../../../src/batch/manifest/read.js';
import { isGgufError } from '../../../../src/errors.js';

/** The problems of a manifest, each as `LINE:COLUMN: what`. */
export function problemsOf(text: string): string[] {
  try {
    parseManifest(text, 'm.yaml');
  } catch (error) {
    if (isGgufError(error, 'bad-option')) return error.details.problems.map((line) => line.replace(/^m\.yaml:/, ''));
    throw error;
  }
  return [];
}

/** A manifest with these lines besides a model, an output and a folder. */
export function manifestWith(lines = '', outputs = 'Q8_0'): Manifest {
  return parseManifest(`models: a.gguf\noutput: out\noutputs: ${outputs}\n${lines}`, 'm.yaml');
}

/** The problems of a fourth line, after three that are right. */
export function problemsOfLine(line: string): string[] {
  return problemsOf(`models: a.gguf\noutput: out\noutputs: Q8_0\n${line}`);
}

/** The only output of a manifest that says this of it. */
export function outputOf(text: string): ManifestOutput {
  const [output] = manifestWith('', text).outputs;
  if (output === undefined) throw new Error('no output');
  return output;
}

/** The problems of an output in the third line, which begins at column 10. */
export function problemsOfOutput(text: string): string[] {
  return problemsOf(`models: a.gguf\noutput: out\noutputs: ${text}`);
}
