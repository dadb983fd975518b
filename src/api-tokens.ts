/**
 * Who may come in: the tokens of API_TOKENS, of which only hashes are kept.
 *
 * An entry is a token, or `sha256:` and the hash of one in hex, and before it `read:` where it may only read. So the
 * setting, which stands in units and manifests, need not hold a secret.
 */

import { hash } from 'node:crypto';

export type Scope = 'read' | 'write';

export interface ApiToken {
  /** The first digits of its hash: its name in the log. */
  readonly name: string;
  readonly scope: Scope;
}

const ENTRY = /^(?:(read|write):)?(.*)$/s;
const HASHED = /^sha256:([0-9a-f]{64})$/i;
/** What a header field can have behind `Bearer`. */
const SENDABLE = /^[!-~]+$/;
const NAME_LENGTH = 8;

/** Why nobody could come in by this entry, or everybody; undefined where it is one. */
export function tokenFault(entry: string): string | undefined {
  const rest = ENTRY.exec(entry)![2]!;
  if (rest === '') return 'there is no token in it';
  if (/^sha256:/i.test(rest) && !HASHED.test(rest)) return 'sha256: is followed by 64 hexadecimal digits';
  if (!SENDABLE.test(rest)) return 'a token is of letters, digits and signs of ASCII, without spaces';
  return undefined;
}

export class ApiTokens {
  private readonly byHash: ReadonlyMap<string, ApiToken>;

  /** @param entries by comma; none: everybody may do everything */
  constructor(entries: readonly string[]) {
    this.byHash = new Map(
      entries.map((entry) => {
        const [, scope = 'write', rest = ''] = ENTRY.exec(entry)!;
        const hashed = HASHED.exec(rest)?.[1]?.toLowerCase() ?? hash('sha256', rest);
        return [hashed, { name: hashed.slice(0, NAME_LENGTH), scope: scope as Scope }];
      }),
    );
  }

  get areNone(): boolean {
    return this.byHash.size === 0;
  }

  /** What is looked up is a hash, so the time that it takes tells nothing about a token. */
  find(token: string): ApiToken | undefined {
    return this.byHash.get(hash('sha256', token));
  }
}
