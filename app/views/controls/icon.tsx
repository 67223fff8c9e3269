/** An icon that says nothing by itself: a text stands beside it, or the control has a label. */
export function Icon({ of, class: name = '' }: { readonly of: string; readonly class?: string }) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={of} />
    </svg>
  );
}
