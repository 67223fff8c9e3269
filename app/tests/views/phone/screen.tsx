// The work screen on a page of jsdom: what a user does, and what is there to be seen.

import { JSDOM } from 'jsdom';

const dom = new JSDOM('<!doctype html><html lang="en"><body></body></html>', {
  url: 'https://connector.example.com/app/',
  pretendToBeVisual: true,
});
const { window } = dom;

/** One place for all watchers of what is on the screen: tests say what comes into view. */
class FakeObserver {
  static readonly all = new Set<FakeObserver>();
  readonly elements = new Set<Element>();
  private readonly report: (entries: unknown[]) => void;

  constructor(report: (entries: unknown[]) => void) {
    this.report = report;
    FakeObserver.all.add(this);
  }

  observe(element: Element): void {
    this.elements.add(element);
  }

  unobserve(element: Element): void {
    this.elements.delete(element);
  }

  tell(target: Element, isIntersecting: boolean): void {
    if (this.elements.has(target)) this.report([{ target, isIntersecting }]);
  }
}

const globals = {
  window,
  document: window.document,
  location: window.location,
  Node: window.Node,
  Element: window.Element,
  HTMLElement: window.HTMLElement,
  Event: window.Event,
  IntersectionObserver: FakeObserver,
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
// jsdom has no modal dialogs.
window.HTMLDialogElement.prototype.showModal = function open(this: HTMLDialogElement) {
  this.setAttribute('open', '');
};
window.HTMLDialogElement.prototype.close = function close(this: HTMLDialogElement) {
  this.removeAttribute('open');
};
window.document.hasFocus = () => true;
// Nothing is laid out in jsdom, so nothing scrolls.
window.Element.prototype.scrollIntoView = () => undefined;

const { render } = await import('preact');
const { act } = await import('preact/test-utils');
const { Telephony } = await import('../../../telephony/index.ts');
const { FakeConnection } = await import('../../../views/fake/connection.ts');
const { FakeHost } = await import('../../../views/fake/host.ts');
const { fakeKeys } = await import('../../../views/fake/keys.ts');
const { Preferences } = await import('../../../views/preferences.ts');
const { Shell, ShellProvider } = await import('../../../views/shell.ts');
const { setLanguage } = await import('../../../views/texts/language.ts');
const { WorkHeader } = await import('../../../views/phone/header.tsx');
const { Picture } = await import('../../../views/phone/people/picture.tsx');
const { Work } = await import('../../../views/phone/work.tsx');
const { FakeClock, settle } = await import('../../connection/fake_clock.ts');
const { allServices, FakeSession } = await import('../../telephony/fakes.ts');

type FakeSessionType = InstanceType<typeof FakeSession>;

export interface ScreenOptions {
  /** The PBX's answers, before anything is asked. */
  readonly pbx?: (session: FakeSessionType) => void;
  readonly startNumber?: string;
  readonly journal?: readonly Record<string, unknown>[];
  readonly services?: readonly string[];
}

export type Screen = Awaited<ReturnType<typeof openScreen>>;

export const incoming = {
  id: 'in',
  state: 'RINGING',
  callerNumber: '00497215550123',
  callerName: 'Zoe Zimmermann',
  calledNumber: '1001',
};

export const talking = {
  id: 'out',
  state: 'CONNECTED',
  callerNumber: '1001',
  calledNumber: '1002',
  calledName: 'Ben Brandt',
};

/** A PBX that has what this screen needs, and takes every order. */
function preparePbx(session: FakeSessionType, options: ScreenOptions): void {
  const { journal = [], services = allServices } = options;
  session
    .on('service.getProvidedRequests', () => services)
    .on('service.getProvidedEvents', () => [])
    .on('call.getCallIds', () => [])
    .on('call.hangupCall', () => true)
    .on('call.hold', () => true)
    .on('call.forward', () => true)
    .on('call.conference', () => true)
    .on('call.placeCallWithPhone', (...call: unknown[]) => call[2])
    .on('callList.getCallList', (...query: unknown[]) => {
      const [, , direction, result] = query;
      const fits = journal.filter(
        (one) =>
          (direction === '' || one['direction'] === direction) &&
          (result === '' || one['result'] === result),
      );
      const offset = Number(query[7]);
      return { entries: fits.slice(offset, offset + Number(query[8])), totalCount: fits.length };
    })
    .on('callList.deleteCallListEntry', () => true)
    .on('phone.getPhoneIds', () => ['SIP/1001.desk'])
    .on('functionKey.getFunctionKeys', () => [
      { id: 'k1', functionKeyType: 'BUSYLAMPFIELD', name: 'Carla Conrad', number: '1003' },
      { id: 'k2', functionKeyType: 'BUSYLAMPFIELD', name: 'Dora Dietz', number: '1004' },
    ]);
  options.pbx?.(session);
}

let leaveLast: () => Promise<void> = () => Promise.resolve();

export async function openScreen(options: ScreenOptions = {}) {
  await leaveLast();
  await setLanguage('en');
  const clock = new FakeClock();
  const session = new FakeSession();
  const host = new FakeHost();
  host.startNumber = options.startNumber ?? null;
  const connection = new FakeConnection({ phase: 'signed-in', user: '0011', login: {} });
  let ids = 0;
  const telephony = new Telephony(session, clock, { newId: () => `new-${(ids += 1)}` });
  const shell = new Shell({
    host,
    connection,
    clock,
    keys: fakeKeys,
    preferences: new Preferences(host),
  });
  shell.work.value = { telephony, Picture, Work, WorkHeader };
  preparePbx(session, options);
  const root = document.createElement('div');
  document.body.append(root);
  const change = async (work: () => unknown = () => undefined): Promise<void> => {
    await act(async () => {
      await work();
      await settle();
    });
  };
  await change(() => {
    render(
      <ShellProvider value={shell}>
        <WorkHeader telephony={telephony} />
        <Work telephony={telephony} />
      </ShellProvider>,
      root,
    );
  });
  leaveLast = async () => {
    await change(() => {
      render(null, root);
      telephony.stop();
    });
    root.remove();
    leaveLast = () => Promise.resolve();
  };
  // Not awaited: some PBX of the tests never answer.
  await change(() => void telephony.start({}));
  await change();
  return {
    root,
    clock,
    session,
    host,
    connection,
    telephony,
    shell,
    change,
    ...hands(root, change),
  };
}

/** Closes what a test has left open, so that no timer of its page keeps the process. */
export async function closeScreen(): Promise<void> {
  await leaveLast();
}

function hands(root: HTMLElement, change: (work?: () => unknown) => Promise<void>) {
  const all = (selector: string): HTMLElement[] => [
    ...root.querySelectorAll<HTMLElement>(selector),
  ];
  const one = (selector: string): HTMLElement => {
    const found = root.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`nothing is ${selector} in ${root.innerHTML}`);
    return found;
  };
  const nameOf = (element: Element): string =>
    (element.getAttribute('aria-label') ?? element.textContent).trim();
  const buttons = (within: Element = root): string[] =>
    [...within.querySelectorAll('button')].map(nameOf);
  const button = (name: string, within: Element = root): HTMLElement => {
    const found = [...within.querySelectorAll('button')].find((each) => nameOf(each) === name);
    if (found === undefined) throw new Error(`no button ${name} among ${buttons(within).join()}`);
    return found;
  };
  return {
    all,
    one,
    button,
    buttons,
    /** @param detail 1: by a pointer, 0: by the keyboard. */
    press: (name: string, within?: Element, detail = 0) =>
      change(() => {
        const event = new window.MouseEvent('click', { bubbles: true, cancelable: true, detail });
        button(name, within).dispatchEvent(event);
      }),
    type: (input: Element, text: string) =>
      change(() => {
        (input as HTMLInputElement).focus();
        (input as HTMLInputElement).value = text;
        input.dispatchEvent(new window.Event('input', { bubbles: true }));
      }),
    key: (target: Element, key: string, repeat = false) =>
      change(() => {
        const event = { key, repeat, bubbles: true, cancelable: true };
        target.dispatchEvent(new window.KeyboardEvent('keydown', event));
      }),
    paste: (input: Element, text: string) =>
      change(() => {
        const event = new window.Event('paste', { bubbles: true, cancelable: true });
        Object.assign(event, { clipboardData: { getData: () => text } });
        input.dispatchEvent(event);
      }),
    /** Scrolls an element into view, or out of it. */
    scrollTo: (element: Element, near = true) =>
      change(() => {
        for (const observer of FakeObserver.all) observer.tell(element, near);
        // They are told one by one, each in its own turn.
        return new Promise((done) => setTimeout(done, 5));
      }),
    /** The names on the cards, from top to bottom. */
    cards: () => all('.card.call h3').map((heading) => heading.textContent),
    card: (at: number): HTMLElement => {
      const found = all('.card.call')[at];
      if (found === undefined) throw new Error(`no card ${at}`);
      return found;
    },
    text: (selector: string): string => one(selector).textContent,
    numberField: () => one('.dial input') as HTMLInputElement,
  };
}
