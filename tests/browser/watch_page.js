// Runs before the page's own scripts: keeps what no user sees, and tests must not overlook.
window.seen = { violations: [] };
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
  window.seen.violations.push(`${violatedDirective}: ${blockedURI} (${sourceFile}:${lineNumber})`);
});
