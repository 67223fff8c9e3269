// A user at work, over a PBX that answers from memory.

import type { ComponentChild } from 'preact';

import { busyPbx } from '../../../gallery/busy-pbx.ts';
import { makeStage, onStage, type Stage } from '../../../gallery/stage.tsx';
import type { Telephony } from '../../../telephony/index.ts';
import { setLanguage } from '../../../views/texts/language.ts';
import { FakeClock } from '../../connection/fake_clock.ts';
import { doing, show } from '../page.ts';

export interface Desk extends Stage {
  readonly clock: FakeClock;
  /** Lets the clock run, and the page follow. */
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * @param child what is shown to the user.
 * @param change what differs at the PBX, before the user signs in.
 */
export async function sitDown(
  child: (telephony: Telephony) => ComponentChild,
  change: (stage: Stage) => void = () => undefined,
): Promise<Desk> {
  await setLanguage('en');
  const clock = new FakeClock();
  const stage = makeStage({ phase: 'signed-in', user: '0011' }, clock);
  busyPbx(stage.session);
  change(stage);
  await show(onStage(stage.shell, child(stage.telephony)));
  await doing(() => {
    void stage.telephony.start(null);
  });
  const wait = (ms: number): Promise<void> => doing(() => clock.advance(ms));
  // Reading, rendering and asking for lamps take turns.
  for (let turn = 0; turn < 4; turn += 1) await wait(10);
  return { ...stage, clock, wait };
}

/** What screen readers were told last. */
export function announced(): string {
  const said = [...document.querySelectorAll('[role="status"]')].map((one) => one.textContent);
  return said.filter((one) => one !== '').join(' | ');
}

/** Without the marks around texts of others. */
export function plain(text: string | null | undefined): string {
  return (text ?? '').replace(/[\u2068\u2069]/g, '');
}

/** The button whose name, read without marks, begins so. */
export function named(name: string): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>('button')];
  const found = all.find((one) =>
    plain(one.getAttribute('aria-label') ?? one.textContent).startsWith(name),
  );
  if (found === undefined) {
    throw new Error(`no button "${name}": ${all.map((one) => one.ariaLabel).join(', ')}`);
  }
  return found;
}

/** A switch, checkbox or radio button. */
export function tick(label: string, within: ParentNode = document): HTMLInputElement {
  const labels = [...within.querySelectorAll('label')];
  const found = labels.find((one) => plain(one.textContent).trim() === label);
  const input =
    found?.querySelector('input') ?? document.getElementById(found?.htmlFor ?? 'nothing');
  if (!(input instanceof window.HTMLInputElement)) throw new Error(`nothing to tick: ${label}`);
  return input;
}

export async function press(control: HTMLElement): Promise<void> {
  await doing(() => {
    control.click();
  });
}
