// What was changed on the settings and is not saved yet. It outlives the tab and the language.

// name: as it was typed in. key: what becomes of the old key when a new one is made, "86400", "604800" (seconds) or
// "revoke"; "first" where there is no key yet. null: unchanged.
export const draft = { name: null, key: null };
export function isUnsaved() { return draft.name !== null || draft.key !== null; }
export function forget() { Object.assign(draft, { name: null, key: null }); }
