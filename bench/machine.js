import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PROJECT } from './workspace.js';

/**
 * @typedef {object} Machine
 * @property {string} cpu model and number of processors
 * @property {string} memory
 * @property {string} system
 * @property {string} node
 * @property {string} commit with `+` where files have changed since
 * @property {number} load processes that wanted a processor in the last minute, when the bench began
 */

/**
 * Programs to compare with, or why they are not there.
 * @typedef {Record<'@huggingface/gguf' | 'gguf-dump' | 'llama-gguf' | 'llama-quantize', { version: string } | { missing: string }>} Peers
 */

/** @returns {Machine} */
export function describeMachine() {
  const cpus = os.cpus();
  return {
    cpu: `${cpus[0]?.model.trim() ?? 'unknown'}, ${os.availableParallelism()} processors`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    commit: commit(),
    load: os.loadavg()[0],
  };
}

/** @returns {Peers} */
export function findPeers() {
  return {
    '@huggingface/gguf': packagePeer('@huggingface/gguf'),
    'gguf-dump': programPeer('gguf-dump'),
    'llama-gguf': programPeer('llama-gguf'),
    'llama-quantize': programPeer('llama-quantize'),
  };
}

function commit() {
  const hash = git(['rev-parse', '--short', 'HEAD']);
  if (hash === undefined) return 'unknown';
  return git(['status', '--porcelain', '--untracked-files=no']) === '' ? hash : `${hash}+`;
}

/** @param {readonly string[]} args */
function git(args) {
  const { status, stdout } = spawnSync('git', args, { cwd: PROJECT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** @param {string} name */
function packagePeer(name) {
  try {
    const text = readFileSync(path.join(PROJECT, 'node_modules', name, 'package.json'), 'utf8');
    return { version: JSON.parse(text).version };
  } catch {
    return { missing: `${name} is not installed (npm ci)` };
  }
}

/** llama.cpp's programs tell no version that all of them share, so the path stands for it. @param {string} name */
function programPeer(name) {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return { version: file };
    } catch {
      // Not in this folder.
    }
  }
  return { missing: `${name} is not on PATH` };
}
