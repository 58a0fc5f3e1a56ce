/**
 * The part of SARIF 2.1.0 that ggufix writes, put down from the standard (OASIS SARIF 2.1.0, section 3): which
 * properties an object may have, which it must have and of which type they are. Stricter than the whole schema: a
 * property that is not listed here is refused, also where the standard has it.
 */
const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const level = { enum: ['none', 'note', 'warning', 'error'] } as const;

function object(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

function list(items: object, more: object = {}): object {
  return { type: 'array', items, ...more };
}

// 3.4: a URI reference; 3.4.4: with a base it is relative.
const artifactLocation = object({ uri: { type: 'string', format: 'uri-reference' }, uriBaseId: text }, ['uri']);
// 3.30: offsets count from 0, lines from 1.
const region = object({
  startLine: { type: 'integer', minimum: 1 },
  byteOffset: { type: 'integer', minimum: 0 },
  byteLength: { type: 'integer', minimum: 0 },
});
const physicalLocation = object({ artifactLocation, region }, ['artifactLocation']);
const logicalLocation = object({ name: text, fullyQualifiedName: text, kind: text });
const location = object({ physicalLocation, logicalLocations: list(logicalLocation, { uniqueItems: true }) });
// 3.11: a message has a text or the id of one; ggufix writes texts.
const message = object({ text }, ['text']);
// 3.8: a property bag may hold anything, and tags are unique.
const propertyBag = { type: 'object', properties: { tags: { ...texts, uniqueItems: true } } };
const reportingDescriptor = object(
  {
    id: text,
    shortDescription: message,
    fullDescription: message,
    help: object({ text, markdown: text }, ['text']),
    defaultConfiguration: object({ level }),
    properties: propertyBag,
  },
  ['id'],
);
const toolComponent = object(
  {
    name: text,
    version: text,
    semanticVersion: text,
    rules: list(reportingDescriptor, { uniqueItems: true }),
  },
  ['name'],
);
const notification = object({ level, message, locations: list(location) }, ['message']);
const result = object(
  {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: 0 },
    level,
    message,
    locations: list(location),
    partialFingerprints: { type: 'object', additionalProperties: text },
    properties: propertyBag,
  },
  ['message'],
);
const run = object(
  {
    tool: object({ driver: toolComponent }, ['driver']),
    invocations: list(
      object({ executionSuccessful: { type: 'boolean' }, toolExecutionNotifications: list(notification) }, [
        'executionSuccessful',
      ]),
    ),
    results: list(result),
  },
  ['tool'],
);

/** JSON Schema of what ggufix writes. */
export const SARIF_SUBSET = object(
  { $schema: { type: 'string', format: 'uri' }, version: { const: '2.1.0' }, runs: list(run, { minItems: 1 }) },
  ['version', 'runs'],
);
