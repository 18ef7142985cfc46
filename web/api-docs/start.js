/* Renders the API document named by the page with Redoc, whose bundle precedes this code in docs.js. */
;(function () {
  'use strict'
  var box = document.getElementById('docs')
  var dark = window.matchMedia('(prefers-color-scheme: dark)')
  var sans = getComputedStyle(document.documentElement).getPropertyValue('--sans')

  var INK = { light: '#191a1c', dark: '#ededef' }
  var QUIET = { light: '#52545a', dark: '#b0b3b9' }
  var GROUND = { light: '#ffffff', dark: '#151618' }
  var SIDE = { light: '#f7f7f6', dark: '#0f1011' }
  var LINE = { light: '#e7e7e4', dark: '#27292c' }
  var ACCENT = { light: '#0b6b70', dark: '#4cc0c5' }

  function theme() {
    var look = dark.matches ? 'dark' : 'light'
    return {
      colors: {
        primary: { main: ACCENT[look] },
        text: { primary: INK[look], secondary: QUIET[look] },
        border: { dark: LINE[look], light: LINE[look] },
      },
      typography: { fontSize: '14px', lineHeight: '1.5', fontFamily: sans, headings: { fontFamily: sans, fontWeight: '600' } },
      schema: { nestedBackground: SIDE[look], typeNameColor: QUIET[look], typeTitleColor: QUIET[look] },
      sidebar: { backgroundColor: SIDE[look], textColor: INK[look], activeTextColor: ACCENT[look] },
      rightPanel: { backgroundColor: '#1c1d20' },
      components: { backgroundColor: GROUND[look] },
    }
  }

  function draw() {
    window.Redoc.init(
      box.dataset.document,
      { theme: theme(), hideDownloadButton: false, disableSearch: true, nativeScrollbars: true, expandResponses: '200,201' },
      box,
    )
  }

  draw()
  dark.addEventListener('change', draw)
})()
