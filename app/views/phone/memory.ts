// What outlives the page: calls that are being placed, so that a reload neither loses nor repeats
// one, and up to where the user has seen missed calls. Telephony reads at once what the host's
// cabinet gives later, so it is loaded beforehand.

import type { Cabinet, Life } from '../../host/storage/cabinet.ts';
import type { DialMemory, SeenMemory } from '../../telephony/index.ts';

export interface WorkMemory {
  readonly dials: DialMemory;
  readonly seen: SeenMemory;
}

interface Kept {
  readonly user: string;
  readonly value: unknown;
}

/** @param user who is signed in; what was kept of another one is not given out. */
export async function openMemory(cabinet: Cabinet, user: () => string | null): Promise<WorkMemory> {
  // Of this window only: another window of the user has calls of its own under way.
  const dials = await record(cabinet, 'dials', 'tab', user);
  const seen = await record(cabinet, 'seen', 'long', user);
  return { dials, seen };
}

async function record(cabinet: Cabinet, name: string, life: Life, user: () => string | null) {
  let kept: unknown = await cabinet.load(name, life).catch(() => null);
  return {
    load: (): unknown => (isKept(kept) && kept.user === user() ? kept.value : null),
    save: (value: unknown): void => {
      const owner = user();
      if (owner === null) return;
      kept = { user: owner, value } satisfies Kept;
      // Where nothing can be kept, it is kept for as long as the page lives.
      cabinet.save(name, life, kept).catch(() => undefined);
    },
  };
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === 'object' &&
    value !== null &&
    'user' in value &&
    'value' in value &&
    typeof value.user === 'string'
  );
}
