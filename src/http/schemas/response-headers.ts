/** The header fields of answers, for the document: which there are follows from what kind of answer it is. */

interface Answer {
  readonly method: string;
  readonly status: string;
  /** Statuses of the operation. */
  readonly statuses: ReadonlySet<string>;
}

interface Header {
  readonly description: string;
  readonly schema: object;
  readonly isOf: (answer: Answer) => boolean;
  /** Every answer of that kind has it. */
  readonly always: boolean;
}

const text = { type: 'string' };
const succeeded = ({ status }: Answer): boolean => status.startsWith('2') || status === '304';

const RESPONSE_HEADERS: Readonly<Record<string, Header>> = {
  'X-Request-Id': {
    description: 'Name of the request in the log: its own, where it sent a sensible one.',
    schema: text,
    isOf: () => true,
    always: true,
  },
  'Cache-Control': {
    description: '`no-cache`: ask again with the tag; `no-store`: what is said changes.',
    schema: text,
    isOf: (answer) => answer.method === 'get' && answer.status === '200' && answer.statuses.has('304'),
    always: true,
  },
  ETag: {
    description: 'Strong tag of exactly this representation; send it back as If-None-Match.',
    schema: text,
    isOf: (answer) => succeeded(answer) && answer.statuses.has('304'),
    always: false,
  },
  Location: {
    description: 'Address of what was made, or is being made.',
    schema: { type: 'string', format: 'uri-reference' },
    isOf: ({ method, status, statuses }) =>
      method === 'post' && statuses.has('201') && ['200', '201', '202'].includes(status),
    always: true,
  },
  'Preference-Applied': {
    description: 'Which preferences of the request were followed (RFC 7240).',
    schema: text,
    isOf: ({ status, statuses }) => statuses.has('202') && ['201', '202'].includes(status),
    always: false,
  },
  'Retry-After': {
    description: 'Seconds after which to ask again.',
    schema: { type: 'integer' },
    isOf: ({ status }) => ['202', '409', '503'].includes(status),
    always: false,
  },
  'Accept-Encoding': {
    description: 'Content encodings of a body that are taken, where another one was sent.',
    schema: text,
    isOf: ({ status }) => status === '415',
    always: false,
  },
};

interface DocumentedAnswer {
  headers?: Record<string, object>;
}

/** Adds the header fields to every answer of the document's operations. */
export function addResponseHeaders(
  paths: Readonly<Record<string, Readonly<Record<string, { responses: Record<string, DocumentedAnswer> }>>>>,
): void {
  for (const operations of Object.values(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      const statuses = new Set(Object.keys(responses));
      for (const [status, answer] of Object.entries(responses)) {
        const headers = Object.entries(RESPONSE_HEADERS).filter(([, { isOf }]) =>
          isOf({ method, status, statuses }),
        );
        answer.headers = Object.fromEntries(
          headers.map(([name, { description, schema, always }]) => [
            name,
            { description, required: always, schema },
          ]),
        );
      }
    }
  }
}
