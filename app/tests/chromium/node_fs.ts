// Documents of the repository for tests in a page: tools/chromium-tests.js puts them in.

/** By their path below docs/. */
declare const DOCUMENTS: Readonly<Record<string, string>>;

export function readFileSync(file: string): string {
  const text = DOCUMENTS[file.replace(/^.*?docs\//, '')];
  if (text === undefined) throw new Error(`the bundle has no ${file}`);
  return text;
}
