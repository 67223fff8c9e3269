// Text that is too faint against what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1), disabled controls left out.
const luminance = (color) => {
  const [r, g, b] = color.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const parse = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color.slice(0, 3);
  }
  return parse(getComputedStyle(document.documentElement).backgroundColor).slice(0, 3);
};
const faint = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!own || element.closest(":disabled, [hidden]") || element.getClientRects().length === 0) continue;
  const a = luminance(parse(getComputedStyle(element).color).slice(0, 3));
  const b = luminance(ground(element));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) faint.push(`${element.tagName} “${element.textContent.trim().slice(0, 40)}” ${ratio.toFixed(2)}`);
}
return faint;
