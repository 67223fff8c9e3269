// Runs before the page's own scripts: keeps what no user sees, and tests must not overlook.
window.seen = { violations: [], longTasks: [] };
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
  window.seen.violations.push(`${violatedDirective}: ${blockedURI} (${sourceFile}:${lineNumber})`);
});
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.seen.longTasks.push(duration);
}).observe({ type: "longtask", buffered: true });
