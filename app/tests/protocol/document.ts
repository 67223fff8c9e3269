// docs/protocol.md, docs/errors.md and docs/vectors/, as the tests read them.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Bytes } from '../../protocol/bytes.ts';

/** Where the repository is; set by tools/run-tests.js. */
declare const REPOSITORY: string;

export function readDocument(name: string): string {
  return readFileSync(path.join(REPOSITORY, 'docs', name), 'utf8');
}

export function fromHex(text: string): Bytes {
  const pairs = text.match(/[0-9a-f]{2}/gi) ?? [];
  if (pairs.join('') !== text) throw new Error('not hexadecimal');
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * The examples of docs/protocol.md: fenced blocks "```hex name=NAME" (groups of hexadecimal digits,
 * '#' begins a comment), "```json name=NAME" (one line) and "```talk name=NAME".
 */
export class ProtocolDocument {
  readonly text = readDocument('protocol.md');
  readonly #blocks = new Map<string, string>();
  readonly #checked = new Set<string>();

  constructor() {
    for (const match of this.text.matchAll(/^```(hex|json|talk) name=(\S+)\n([^]*?)^```$/gm)) {
      const [, kind, name, content] = match;
      if (kind === undefined || name === undefined || content === undefined) continue;
      const key = `${kind} ${name}`;
      if (this.#blocks.has(key)) throw new Error(`docs/protocol.md has ${key} twice`);
      this.#blocks.set(key, content);
    }
  }

  /** The example, counted as checked from now on. */
  bytes(name: string): Bytes {
    return fromHex(this.#block(`hex ${name}`).replace(/#.*$/gm, '').replace(/\s+/g, ''));
  }

  json(name: string): string {
    return this.#block(`json ${name}`).trimEnd();
  }

  /** Each line without its mark: what the client says (">"), the agent ("<"), what happens ("#"). */
  talk(name: string): { mark: string; text: string }[] {
    const lines = this.#block(`talk ${name}`).trimEnd().split('\n');
    return lines.map((line) => ({ mark: line.charAt(0), text: line.slice(2) }));
  }

  names(kind: 'hex' | 'json' | 'talk'): string[] {
    return [...this.#blocks.keys()]
      .filter((key) => key.startsWith(`${kind} `))
      .map((key) => key.slice(kind.length + 1));
  }

  /** Examples that nobody has asked for, as "hex NAME". */
  unchecked(): string[] {
    return [...this.#blocks.keys()].filter((key) => !this.#checked.has(key));
  }

  #block(key: string): string {
    const content = this.#blocks.get(key);
    if (content === undefined) throw new Error(`docs/protocol.md has no example ${key}`);
    this.#checked.add(key);
    return content;
  }
}
