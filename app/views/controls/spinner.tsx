/** Turns; with a label it stands on its own and is read out. */
export function Spinner({ label }: { readonly label?: string }) {
  if (label === undefined) return <span class="spinner" aria-hidden="true" />;
  return (
    <div class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <span>{label}</span>
    </div>
  );
}
