// Before the first paint: the remembered colours and language, so that nothing flashes. The names are those of src/app/wishes.ts.
try {
  const theme = localStorage.getItem('noroshi-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  if (localStorage.getItem('noroshi-language') === 'ja') document.documentElement.lang = 'ja';
} catch {
  // A browser that refuses its storage shows the page in its own colours.
}
