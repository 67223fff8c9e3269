/** The app's own sign: two ends, joined by an arc. */
export function Brand() {
  return (
    <svg class="brand" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" class="ground" />
      <path d="M9 19.5a7 7 0 0 1 14 0M12.5 11a8 8 0 0 1 7 0" />
      <circle cx="9" cy="21" r="2.5" />
      <circle cx="23" cy="21" r="2.5" />
    </svg>
  );
}
