// What the tests of the protocol use of node:test, run in a page: one test after the other, and
// what came of it in `window.report`, for tests/browser/app_protocol_test.py.

export interface Report {
  passed: number;
  /** Name and message of each. */
  readonly failures: string[];
  /** What tests said of themselves. */
  readonly diagnostics: string[];
  done: boolean;
}

export interface TestContext {
  diagnostic(message: string): void;
}

declare global {
  interface Window {
    report: Report;
  }
}

type Work = (context: TestContext) => unknown;

const report: Report = { passed: 0, failures: [], diagnostics: [], done: false };
const queue: { readonly name: string; readonly work: Work }[] = [];
const last: Work[] = [];
const groups: string[] = [];

window.report = report;

export function describe(name: string, work: () => void): void {
  groups.push(name);
  work();
  groups.pop();
}

export function test(name: string, work: Work): void {
  queue.push({ name: [...groups, name].join(' › '), work });
}

/** Behind all tests, and not only behind those of its file. */
export function after(work: Work): void {
  last.push(work);
}

/** Once all files are loaded. */
export async function run(): Promise<void> {
  const context = {
    diagnostic: (message: string) => {
      report.diagnostics.push(message);
    },
  };
  for (const { name, work } of [...queue, ...last.map((work) => ({ name: 'at the end', work }))]) {
    // Between two tests the page may load, and answer.
    await new Promise((next) => setTimeout(next));
    try {
      await work(context);
      report.passed += 1;
    } catch (error) {
      report.failures.push(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  report.done = true;
}

window.addEventListener('unhandledrejection', ({ reason }) => {
  report.failures.push(`unhandled: ${String(reason)}`);
});
window.addEventListener('error', ({ message }) => {
  report.failures.push(`uncaught: ${message}`);
});
