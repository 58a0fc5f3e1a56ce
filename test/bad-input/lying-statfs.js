// Loaded before ggufix: says that every file system has room, so that the disk fills up in the middle of a write.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

fs.statfs = async () => ({ bavail: Number.MAX_SAFE_INTEGER, bsize: 1 });
syncBuiltinESMExports();
