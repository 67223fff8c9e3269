/**
 * A file that is dropped beside the place for it would be opened in the place of the page. What
 * has its own handler calls preventDefault() before.
 */
export function guardDrops(target: Window = window): void {
  const guard = (event: DragEvent): void => {
    if (event.defaultPrevented) return;
    // Text may be dragged into fields.
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  };
  target.addEventListener('dragover', guard);
  target.addEventListener('drop', guard);
}
