import path from 'node:path';
import { PROJECT } from './workspace.js';

/** The command line of ggufix up to its command. */
export const GGUFIX = [process.execPath, path.join(PROJECT, 'bin', 'ggufix.js')];
