import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { kindOf } from '../facts/keys.js';
import { WHOLE_FILE } from '../whole-file.js';

/** A name that says another kind of file than the content. */
interface WrongKind {
  readonly name: string;
  readonly isProjector: boolean;
}

/** The mark of multimodal projectors in the file's name. */
export const projectorName = defineRule<WrongKind>({
  id: 'naming/projector-name',
  severity: 'info',
  needs: 'name',
  affects: [],
  docs: {
    summary: 'A multimodal projector, and nothing else, has `mmproj` in its name.',
    why: 'The naming convention marks projectors so; programs that look for the projector beside a model go by it.',
    example: 'A projector that is called `gemma-3n-vision.gguf`.',
    remedy: 'Rename a projector to `mmproj-MODEL.gguf`, and take the mark out of the name of any other file.',
    fix: 'None: a repair changes no names.',
    sources: ['ggml, docs/gguf.md: GGUF naming convention, sidecars'],
  },
  *find({ header, evidence: { name = '' } }) {
    const isProjector = kindOf(header) === 'mmproj';
    const isMarked = name.toLowerCase().includes('mmproj');
    // A file without keys is no model of any kind.
    if (isProjector === isMarked || header.metadata.length === 0) return;
    yield { place: WHOLE_FILE, data: { name, isProjector } };
  },
  describe: ({ name, isProjector }) =>
    isProjector
      ? `the file is a multimodal projector, but its name ${quoted(name)} does not say mmproj`
      : `the name ${quoted(name)} says mmproj, but the file is no multimodal projector`,
});
