import type { Header } from '../../gguf/model.js';
import { excerpt } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { kindOf, numberOf } from '../facts/keys.js';
import type { EngineVerdict } from './verdict.js';

/** Companions and vocabularies are no models, and of a shard set llama.cpp opens the first file, which stands for all. */
function isLoadedAlone(header: Header): boolean {
  return kindOf(header) === 'model' && (numberOf(header, 'split.no') ?? 0) === 0;
}

const WORDS = {
  loaded: 'loads the file',
  refused: 'refuses to load the file',
  crashed: 'crashes, or does not come to an end, on the file',
  unavailable: 'could not be asked',
} as const;

/** llama.cpp itself does not load the file. */
export const refuses = defineRule<EngineVerdict>({
  id: 'engine/refuses',
  severity: 'error',
  needs: 'engine',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'llama.cpp loads the model and computes a few tokens.',
    why: 'Whatever else is said of the file, nobody can run it with llama.cpp. What ggufix does not know itself shows here.',
    example: '`missing tensor blk.3.ffn_up.weight`: the last words of llama.cpp are in the message.',
    remedy: 'Look at the other findings first: most often one of them is the cause.',
    fix: 'None: the cause is what has to be fixed.',
    sources: ['llama.cpp, as the optional package `@node-llama-cpp/*` brings it'],
  },
  *find({ header, evidence: { engine } }) {
    if (engine === undefined || engine.outcome === 'loaded' || !isLoadedAlone(header)) return;
    const severity = engine.outcome === 'unavailable' ? 'info' : 'error';
    yield { place: { kind: 'file', offset: 0, length: header.fileSize }, data: engine, severity };
  },
  describe: ({ engine, outcome, messages }) =>
    `${engine} ${WORDS[outcome]}${messages.length === 0 ? '' : `: ${excerpt(messages.at(-1) ?? '')}`}`,
});
