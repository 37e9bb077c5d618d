// Runs before the first paint, so that a stored theme does not flash. Everything else is in main.tsx.
(() => {
  let theme = new URLSearchParams(location.search).get("theme");
  try {
    theme ??= localStorage.getItem("edgeflame.theme");
  } catch {
    // Storage can be forbidden; then the operating system decides.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
