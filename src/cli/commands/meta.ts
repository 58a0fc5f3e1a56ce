import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { planChange } from '../../edit/change-file.js';
import { describeEdit, type Edit } from '../../edit/edits.js';
import { refuseJournal } from '../../edit/find-journal.js';
import { parseValue, parseWantedType, type WantedType } from '../../edit/parse-value.js';
import { badOption, GgufError } from '../../errors.js';
import { findEntry, type Header, type MetadataEntry } from '../../gguf/model.js';
import { nameFilter } from '../../gguf/name-filter.js';
import { printableLines } from '../../gguf/printable.js';
import { decodeText, isUtf8 } from '../../gguf/text.js';
import { arrayItems, scalarValue } from '../../gguf/values.js';
import { jsonMetadata, jsonScalar } from '../../report/inspect-json.js';
import { scalarText } from '../../report/value-text.js';
import { openFile } from '../../sources/file.js';
import { unreadable } from '../../sources/unreadable.js';
import { addChangeFlags, type ChangeFlags, readChangeFlags } from '../change-flags.js';
import { eachSource } from '../each-source.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import { noteJournal } from '../note-journal.js';
import { readWholeHeader } from '../require-header.js';
import { changeEach, runChange } from '../run-change.js';
import type { Terminal } from '../terminal.js';

type MetaFlags = SharedFlags & ChangeFlags;

/** `ggufix meta`: reads and edits single keys. */
export function metaCommand(terminal: Terminal): Command {
  const command = new Command('meta')
    .summary('read and edit metadata keys')
    .description('Reads and edits metadata keys, in place where that is possible.')
    .addHelpText(
      'after',
      examples([
        ['ggufix meta get model.gguf general.name', 'print a value'],
        ['ggufix meta set model.gguf general.name "My model"', 'set a value, its type kept'],
        ['ggufix meta set model.gguf tokenizer.chat_template --file template.jinja', 'set it to a text file'],
        ['ggufix meta set model.gguf gemma3n.attention.shared_kv_layers --as float32', 'keep a value, change its type'],
        ['ggufix meta set model.gguf x.floor --as float32 -- -inf', 'a value that starts with a dash'],
        ['ggufix meta unset model.gguf general.url', 'remove a key'],
      ]),
    );
  for (const make of [getCommand, setCommand, unsetCommand, renameCommand]) command.addCommand(make(terminal));
  return command;
}

function getCommand(terminal: Terminal): Command {
  const command = new Command('get')
    .summary('print values')
    .description(
      'Prints the value of a key, whole; with several keys or patterns, or none, each after its key. A single text goes to a pipe or a file exactly as it is, without a newline at its end.',
    )
    .argument('<source>', 'a file')
    .argument('[keys...]', 'keys; * stands for any characters')
    .action(async (source: string, keys: string[], given: unknown) => {
      await get(
        terminal,
        source,
        keys,
        readFlags(given, () => ({})),
      );
    });
  return addSharedFlags(command);
}

function setCommand(terminal: Terminal): Command {
  const command = new Command('set')
    .summary('set a key')
    .description('Sets a key. A key that exists keeps its type unless --as gives another one; a new key needs --as.')
    .argument('<source>', 'a file')
    .argument('<key>', 'the key')
    .argument('[value]', 'the value; JSON such as [1, 2, 3] for an array')
    .option('--as <type>', 'value type: uint32, float32, bool, string, string[] …; alone it keeps the value')
    .option('--file <path>', 'take the value, a text, from this file (- is stdin)')
    .action(async (source: string, key: string, value: string | undefined, given: unknown) => {
      const flags = readFlags(given, (reader) => ({
        ...readChangeFlags(reader),
        as: reader.text('as'),
        file: reader.text('file'),
      }));
      const text = flags.file === undefined ? value : await valueFile(flags.file, value);
      const wanted = flags.as === undefined ? undefined : parseWantedType(flags.as);
      const isText = flags.file !== undefined;
      await edit(terminal, source, flags, (header) => setEdit(header, key, text, wanted, isText));
    });
  return addSharedFlags(addChangeFlags(command));
}

function unsetCommand(terminal: Terminal): Command {
  const command = new Command('unset')
    .summary('remove keys')
    .description('Removes keys. The freed bytes become room for later edits.')
    .argument('<source>', 'a file')
    .argument('<keys...>', 'the keys')
    .action(async (source: string, keys: string[], given: unknown) => {
      await edit(terminal, source, readFlags(given, readChangeFlags), () =>
        keys.map((key) => ({ op: 'remove-metadata', key })),
      );
    });
  return addSharedFlags(addChangeFlags(command));
}

function renameCommand(terminal: Terminal): Command {
  const command = new Command('rename')
    .summary('rename a key')
    .description('Renames a key; its value keeps its bytes.')
    .argument('<source>', 'a file')
    .argument('<key>', 'the key')
    .argument('<to>', 'its new name')
    .action(async (source: string, key: string, to: string, given: unknown) => {
      await edit(terminal, source, readFlags(given, readChangeFlags), () => [{ op: 'rename-metadata', key, to }]);
    });
  return addSharedFlags(addChangeFlags(command));
}

async function get(terminal: Terminal, source: string, keys: readonly string[], flags: SharedFlags): Promise<void> {
  const files: unknown[] = [];
  for await (const outcome of eachSource(terminal, [source], flags, (path) => wantedEntries(path, keys, terminal))) {
    if (!outcome.ok) files.push({ source: outcome.source, error: outcome.error });
    else if (flags.json) files.push({ source: outcome.source, metadata: metadataJson(outcome.value) });
    else printEntries(terminal, outcome.value, keys.length === 1);
  }
  if (flags.json) terminal.out(`${JSON.stringify({ schema: 'ggufix.meta/1', files }, null, 2)}\n`);
}

async function wantedEntries(path: string, keys: readonly string[], terminal: Terminal): Promise<MetadataEntry[]> {
  await using file = await openFile(path);
  await noteJournal(terminal, path);
  const header = await readWholeHeader(file, terminal.signal);
  const missing = keys.find((key) => !/[*?]/.test(key) && findEntry(header, key) === undefined);
  if (missing !== undefined) {
    throw new GgufError('not-found', `there is no key '${missing}'`, { kind: 'key', name: missing });
  }
  const isWanted = nameFilter(keys);
  return header.metadata.filter(({ key }) => isWanted(key));
}

function metadataJson(entries: readonly MetadataEntry[]) {
  return Object.fromEntries(entries.map((entry) => [entry.key, jsonMetadata(entry, true)]));
}

/** A single text goes to a pipe or a file byte for byte, so that `meta set --file` can bring it back. */
function printEntries(terminal: Terminal, entries: readonly MetadataEntry[], isOneKey: boolean): void {
  const { isTty } = terminal.stdout;
  const isSingle = isOneKey && entries.length === 1;
  for (const entry of entries) {
    const text = valueText(entry, isTty);
    if (isSingle) terminal.out(entry.type === 'string' && !isTty ? text : `${text}\n`);
    else terminal.out(`${entry.key} = ${text}\n`);
  }
}

/** A value whole: a text as it is, an array as JSON. On a terminal nothing that would steer it. */
function valueText(entry: MetadataEntry, isTty: boolean): string {
  if (entry.type === 'array') return JSON.stringify(Array.from(arrayItems(entry), jsonScalar));
  const value = scalarValue(entry);
  if (typeof value !== 'string') return scalarText(value, entry.type);
  return isTty ? printableLines(value) : value;
}

/** The edit that `meta set` asks for: a value, another type for the present value, or both. */
function setEdit(
  header: Header,
  key: string,
  text: string | undefined,
  wanted: WantedType | undefined,
  isText: boolean,
): Edit[] {
  const present = findEntry(header, key);
  if (text === undefined) {
    if (wanted === undefined) throw badOption('meta set needs a value, --file, or --as for another type');
    const to = wanted.type === 'array' ? wanted.itemType : wanted.type;
    return [{ op: 'retype-metadata', key, to }];
  }
  const kept = present === undefined ? undefined : keptType(present);
  const type = wanted ?? kept ?? (isText ? ({ type: 'string' } as const) : undefined);
  if (type === undefined) throw badOption(`there is no key '${key}' yet: say its type with --as`);
  return [{ op: 'set-metadata', key, value: parseValue(key, text, type) }];
}

function keptType({ key, type, itemType }: Header['metadata'][number]): WantedType {
  if (type !== 'array') return { type };
  if (itemType === undefined) throw badOption(`${key} is an array of arrays`);
  return { type, itemType };
}

async function valueFile(path: string, value: string | undefined): Promise<string> {
  if (value !== undefined) throw badOption('give a value or --file, not both');
  const bytes =
    path === '-'
      ? await readStdin()
      : await readFile(path).catch((cause: unknown) => {
          throw unreadable(path, cause);
        });
  // Text cannot hold other bytes, and would replace them without a word.
  if (isUtf8(bytes)) return decodeText(bytes);
  const what = path === '-' ? 'the text from stdin' : path;
  throw new GgufError('bad-value', `${what} is no UTF-8 text`, { what, found: 'other bytes', expected: 'UTF-8' });
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function edit(
  terminal: Terminal,
  source: string,
  flags: MetaFlags,
  edits: (header: Header) => readonly Edit[],
): Promise<void> {
  await changeEach(terminal, 'ggufix.meta/1', [source], flags, async (path) => {
    await using file = await openFile(path);
    await refuseJournal(path);
    const header = await readWholeHeader(file, terminal.signal);
    const wanted = edits(header);
    const change = planChange(header, wanted, flags);
    const out = flags.out === undefined ? {} : { out: flags.out };
    const base = { source: path, remaining: [], conversions: [], seconds: 0, notes: [], ...out };
    if (change.isNoChange) return { ...base, applied: [], status: 'clean' };
    const report = { ...base, change, applied: wanted.map((one) => ({ title: describeEdit(one) })) };
    if (flags.dryRun) return { ...report, status: 'planned' };
    return { ...report, seconds: await runChange(terminal, flags, file, change, flags), status: 'fixed' };
  });
}
