// What teams-js sets up for every page and this one never uses: the bridge for signing in at
// Microsoft, and menus of its own in the bar of Teams. tools/bundle.js puts this file in their place.

export const nestedAppAuthTelemetryVersionNumber = 'v2';

export function tryPolyfillWithNestedAppAuthBridge(): void {
  // The page signs nobody in at Microsoft.
}

/** Of the menus. */
export function initialize(): void {
  // The page has none.
}
