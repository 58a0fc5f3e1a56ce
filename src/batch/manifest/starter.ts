import { BASE_TYPES } from '../../quantizer/recipes/base-types.js';
import { NAME_FIELDS } from './name-template.js';

/** A model that a starter lists. Paths are seen from the manifest's folder, with `/`. */
export interface StarterModel {
  readonly source: string;
  /** An imatrix that was found for it. */
  readonly imatrix?: string | undefined;
}

/**
 * The text of a manifest to begin with: these models, common outputs, and every other key in a comment that says what it
 * does. A line that begins with `#` and no space after it is one to be uncommented. Pure.
 */
export function starterManifest(models: readonly StarterModel[], output = 'quants'): string {
  return `# What ggufix batch makes, and of which models. Paths are seen from this file's folder.
# Lines that are commented out show the other keys, and their defaults where there are any.

# For editors: completion and checks.
#$schema: ./node_modules/ggufix/schemas/batch-manifest.schema.json

# Files, folders or globs; a set of shards is its first file.
models:
${models.map(modelLines).join('')}\
  # An object says more of a model, and what it says counts more than what stands below.
  #- source: other-BF16.gguf
    # {model} in names, in place of what the file is called.
    #name: other
    # Outputs of this model in place of those below.
    #outputs: [Q8_0]
    # false: none, though there is one below.
    #imatrix: { file: other.imatrix.gguf }
    # false: this model's outputs are not measured.
    #evaluate: false
    # Metadata of this model's outputs.
    #set: { general.basename: other }

# Folder that all of this goes to. Nothing is ever written outside of it, but by inPlace.
output: ${yamlText(output)}

# Names of the outputs: ${NAME_FIELDS.map((field) => `{${field}}`).join(' ')}; / makes folders.
#name: '{model}-{label}.gguf'

# What is made of each model. A word is a file type, a preset (ggufix recipe list) or fix.
# File types: ${typeList()}.
outputs:
  - Q8_0
  - Q6_K
  - Q5_K_M
  - Q4_K_M
  - UD-Q4_K_XL
  # A file type, just as llama-quantize makes it.
  #- { type: Q4_0, asIs: true }
  # A recipe file or a preset, under a label of its own: {label} in names.
  #- { recipe: recipes/mine.yaml, label: mine }
  # The types of another file.
  #- { like: published-Q4_K_M.gguf, label: like }
  # Types planned for a size, or for bits per weight.
  #- { size: 4.2 GiB }
  #- { bpw: 4.5 }
  # Some tensors written as other types, all others as they are.
  #- { requantize: { per_layer_token_embd.weight: Q8_0 } }
  # Findings of check repaired, safe ones or unsafe ones too, in a copy; inPlace: true changes the model itself.
  #- { fix: unsafe, inPlace: false }
  # Any output can have these as well.
  #- type: Q5_K_S
    # A name template of its own.
    #name: 'small/{model}-{label}.gguf'
    # Types of single tensors; * and ? are wildcards, and the last that matches decides.
    #tensors: { output.weight: Q8_0 }
    # false: made without the imatrix.
    #imatrix: false
    # false: not measured.
    #evaluate: false
    # true: also of a model that is quantized already.
    #allowRequantize: true
    # Largest size of one file.
    #split: 45 GiB
    # Metadata of this output.
    #set: { general.description: The small one. }
    # See existing below.
    #existing: overwrite

# Importance values: a file, or a text to make them with.
#imatrix: { text: calibration.txt, chunks: 100 }

# Text that outputs are measured on against their model: KL divergence and perplexity.
#evaluate: { text: wiki.test.raw, chunks: 50 }

# How outputs are checked: profile quick, default or upload; the runtimes that must run them; how many warnings are too
# many; a config file. false leaves it.
#check: { profile: upload, targets: [llama.cpp, ollama], maxWarnings: 0, config: false }

# Metadata of all outputs.
#set: { general.quantized_by: me, general.url: { type: string, value: 'https://example.org' } }

# A file at an output's place that no record explains: refuse, keep (take it for the output), skip or overwrite.
#existing: refuse

# Outputs that are larger are split.
#split: 45 GiB

# What the batch may use of this machine.
#limits: { jobs: 2, threads: 8, memory: 32 GiB, disk: 500 GB }

# Whether other jobs go on after one has failed: continue or stop.
#onFailure: continue

# Further tries of a step that failed of something passing, at most 10.
#retries: 2
`;
}

function modelLines({ source, imatrix }: StarterModel): string {
  if (imatrix === undefined) return `  - ${yamlText(source)}\n`;
  return `  - source: ${yamlText(source)}\n    imatrix: ${yamlText(imatrix)}\n`;
}

/** Words that YAML could take for something else are quoted; its double quotes are those of JSON. */
function yamlText(text: string): string {
  const isPlain = /^[A-Za-z_][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain
    ? text
    : JSON.stringify(text).replace(UNSEEN, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What JSON leaves as it is, and nobody sees in an editor. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function typeList(): string {
  return Object.keys(BASE_TYPES).join(', ');
}
