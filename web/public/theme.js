// Runs before the first paint so that a dark theme never flashes white. A separate file,
// because the content security policy allows no inline script. src/lib/theme.ts reads the same key.
;(function () {
  var choice = null
  try {
    choice = localStorage.getItem('steward.theme')
  } catch (_) {
    // Storage may be blocked; fall back to the system's theme.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
