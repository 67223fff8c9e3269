// What a window shows of the app while the user looks elsewhere: its title, its icon, and the
// number on the system's icon of an installed app.

const PRODUCT = 'STARFACE';

function dottedIcon(): string {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    '<rect width="32" height="32" rx="7" fill="#4f52b2"/>' +
    '<path d="M9 19.5a7 7 0 0 1 14 0" fill="none" stroke="#fff" stroke-width="2.5"/>' +
    '<circle cx="9" cy="21" r="2.5" fill="#fff"/><circle cx="23" cy="21" r="2.5" fill="#fff"/>' +
    '<circle cx="24" cy="8" r="8" fill="#c50f1f"/></svg>';
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

export class WindowTitle {
  private text = '';
  private missed = 0;
  private readonly icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  private readonly plainIcon = this.icon?.href ?? null;

  setText(text: string): void {
    this.text = text;
    this.show();
  }

  setBadge(missed: number): void {
    this.missed = missed;
    this.show();
    if (this.icon !== null && this.plainIcon !== null) {
      this.icon.href = missed > 0 ? dottedIcon() : this.plainIcon;
    }
    // Only installed apps have an icon for it; others refuse, or have no such function.
    try {
      void navigator.setAppBadge(missed).catch(() => undefined);
    } catch {
      return;
    }
  }

  private show(): void {
    const before = this.missed > 0 ? `(${this.missed}) ` : '';
    document.title = before + (this.text === '' ? PRODUCT : `${this.text} – ${PRODUCT}`);
  }
}
