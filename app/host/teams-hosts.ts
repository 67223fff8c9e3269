// The hosts that may frame the page and talk to it, in place of the list that teams-js fetches
// from res.cdn.office.net (tools/bundle.js puts this file in the place of its validOrigins.js).
// The connector's frame-ancestors name the same ones.

const HOSTS = [
  'teams.microsoft.com',
  'teams.microsoft.us',
  'gov.teams.microsoft.us',
  'dod.teams.microsoft.us',
  'outlook.office.com',
  'outlook.office365.com',
];
const DOMAINS = ['teams.microsoft.com', 'cloud.microsoft', 'microsoft365.com', 'office.com'];

/** Whether messages from that origin are taken. */
export function isTeamsHost(origin: URL): boolean {
  const host = origin.hostname;
  return (
    origin.protocol === 'https:' &&
    (HOSTS.includes(host) || DOMAINS.some((domain) => host.endsWith(`.${domain}`)))
  );
}

// The three functions that teams-js' module exports.

export function validateOrigin(origin: URL): Promise<boolean> {
  return Promise.resolve(isTeamsHost(origin));
}

export function prefetchOriginsFromCDN(): Promise<void> {
  return Promise.resolve();
}

export function isValidOriginsJSONValid(): boolean {
  return false;
}
