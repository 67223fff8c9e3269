// What makes the page an app that can be installed, with a window, an icon and a badge of its own.

/** Not in a frame: in Teams the page is Teams' app. */
export function offerInstalling(): void {
  if (window.parent !== window) return;
  const link = document.createElement('link');
  link.rel = 'manifest';
  // Beside index.html, whichever of its pages this is.
  link.href = './manifest.webmanifest';
  document.head.append(link);
}
