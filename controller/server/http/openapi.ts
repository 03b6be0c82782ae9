// The OpenAPI 3.1 document of what HTTP serves, made from the protocol: paths from its services, schemas from its messages, and words from
// the comments of the .proto files.
import { type DescField, type DescMessage, type DescMethod, ScalarType } from '@bufbuild/protobuf';
import { VERSION } from '../../../common/version.ts';
import { COMMENTS } from '../../../proto/gen/comments.ts';
import { requiredRole } from '../../identity/auth/policy.ts';
import { HTTP_STATUS } from './connect-error.ts';
import type { HttpService } from './http-calls.ts';
import { messageNamed, serviceNamed } from './schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** `components.schemas` by name, `paths` by path; the rest is said of all of them. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: Schema;
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: Schema };
  readonly security: readonly Schema[];
}

/** Of one method. `x-fleetblock-item`: the schema of what a stream consists of. */
export interface Operation extends Schema {
  readonly operationId: string;
  readonly 'x-fleetblock-role': string;
  readonly 'x-fleetblock-item'?: Schema;
}

/** `paths`: of the methods that are served. */
export function openApi(services: readonly Pick<HttpService, 'name'>[], paths: readonly string[]): OpenApi {
  const served = new Set(paths);
  const schemas = new Map<string, Schema>([['Error', ERROR]]);
  const comments = new Map<string, string>(Object.entries(JSON.parse(COMMENTS)));
  const found = services
    .flatMap(({ name }) => serviceNamed(name).methods)
    .map((method) => ({ path: `/${method.parent.typeName}/${method.name}`, method }))
    .filter(({ path }) => served.has(path));
  const messages = found.flatMap(({ method }) => [method.input, method.output]);
  for (const message of [messageNamed('ErrorDetails'), ...messages]) addSchema(message, schemas, comments);
  return {
    openapi: '3.1.0',
    info: {
      title: 'fleetblock controller',
      version: VERSION,
      description:
        'The RPCs of the controller in the Connect protocol with JSON. 64-bit numbers are texts, bytes are base64, enums are names; fields that a message does not have are refused. Durations and times are milliseconds.',
    },
    paths: Object.fromEntries(found.map(({ path, method }) => [path, { post: operation(path, method, comments) }])),
    components: {
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'Made with fleetblock apikey create.' },
        certificate: { type: 'mutualTLS', description: "An operator's certificate." },
      },
    },
    security: [{ apiKey: [] }, { certificate: [] }],
  };
}

function operation(path: string, method: DescMethod, comments: ReadonlyMap<string, string>): Operation {
  const description = comments.get(`${method.parent.typeName}.${method.name}`);
  const [input, output] = [reference(method.input), reference(method.output)];
  const streams = method.methodKind !== 'unary';
  const requests = {
    ...(method.methodKind !== 'client_streaming' && { 'application/json': { schema: input } }),
    ...(streams && { 'application/connect+json': { schema: envelopes(input) } }),
  };
  const answers = {
    ...(!streams && { 'application/json': { schema: output } }),
    ...(streams && { 'application/connect+json': { schema: envelopes(output) } }),
    ...(method.methodKind === 'server_streaming' && { 'text/event-stream': { schema: { type: 'string' } } }),
  };
  return {
    operationId: method.name,
    tags: [method.parent.name],
    ...(description && { description }),
    requestBody: { required: true, content: requests },
    responses: {
      200: {
        description: streams ? 'A stream of messages; its last one says whether it is whole.' : 'Done.',
        content: answers,
      },
      default: {
        description: 'Refused.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
    'x-fleetblock-role': requiredRole(path) ?? '',
    ...(streams && { 'x-fleetblock-item': output }),
  };
}

/** What OpenAPI has no words for: messages one after another, each with five bytes before it. */
function envelopes(of: Schema): Schema {
  return { type: 'string', format: 'binary', 'x-fleetblock-item': of };
}

const ERROR: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', enum: Object.keys(HTTP_STATUS).map((code) => code.toLowerCase()) },
    message: { type: 'string', description: 'For people; no program has to read it.' },
    details: {
      type: 'array',
      items: {
        type: 'object',
        required: ['type', 'value'],
        properties: {
          type: { type: 'string', description: 'Name of the message.' },
          value: { type: 'string', contentEncoding: 'base64' },
          debug: { $ref: '#/components/schemas/ErrorDetails', description: 'The same as JSON.' },
        },
      },
    },
  },
};

function addSchema(message: DescMessage, schemas: Map<string, Schema>, comments: ReadonlyMap<string, string>): void {
  const name = nameOf(message);
  if (schemas.has(name)) return;
  const description = comments.get(message.typeName);
  const fields = message.fields.map((field) => {
    const said = comments.get(`${message.typeName}.${field.jsonName}`);
    const choice = field.oneof
      ? `At most one of ${field.oneof.fields.map(({ jsonName }) => jsonName).join(', ')}.`
      : '';
    const words = [said, choice].filter(Boolean).join(' ');
    return [field.jsonName, { ...schemaOf(field), ...(words && { description: words }) }] as const;
  });
  schemas.set(name, {
    type: 'object',
    ...(description && { description }),
    additionalProperties: false,
    properties: Object.fromEntries(fields),
  });
  for (const field of message.fields) if (field.message) addSchema(field.message, schemas, comments);
}

function schemaOf(field: DescField): Schema {
  const one = field.message
    ? reference(field.message)
    : field.enum
      ? { type: 'string', enum: field.enum.values.map(({ name }) => name) }
      : scalar(field.scalar);
  if (field.fieldKind === 'list') return { type: 'array', items: one };
  if (field.fieldKind === 'map') return { type: 'object', additionalProperties: one };
  return one;
}

function scalar(type: ScalarType | undefined): Schema {
  switch (type) {
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.STRING:
      return { type: 'string' };
    case ScalarType.BYTES:
      return { type: 'string', contentEncoding: 'base64' };
    case ScalarType.DOUBLE:
      return { type: 'number' };
    case ScalarType.UINT32:
      return { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
    case ScalarType.UINT64:
      return { type: 'string', pattern: '^[0-9]{1,20}$' };
    default:
      throw new TypeError(`no schema for scalar type ${type}`);
  }
}

function reference(message: DescMessage): Schema {
  return { $ref: `#/components/schemas/${nameOf(message)}` };
}

function nameOf({ typeName }: DescMessage): string {
  return typeName.replace('fleetblock.v1.', '');
}
