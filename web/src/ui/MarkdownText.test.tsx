import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import MarkdownText from './MarkdownText'

const html = (text: string, mentions?: ReadonlyMap<string, string>) => render(<MarkdownText text={text} mentions={mentions} />).container

it('renders headings, lists, tables and tasks', () => {
  const box = html('# Scope\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n**bold** ~~gone~~ `code`')
  expect(box.querySelector('h3')?.textContent).toBe('Scope')
  expect([...box.querySelectorAll('input')].map((one) => [one.checked, one.disabled])).toEqual([
    [true, true],
    [false, true],
  ])
  expect(box.querySelectorAll('td')).toHaveLength(2)
  expect(box.querySelector('strong')?.textContent).toBe('bold')
  expect(box.querySelector('del')?.textContent).toBe('gone')
})

it.each([
  '<script>alert(1)</script>',
  '<img src=x onerror="alert(1)">',
  '<svg/onload=alert(1)>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '![x](javascript:alert(1))',
  '<javascript:alert(1)>',
])('neutralizes: %s', (text) => {
  const box = html(text)
  expect(box.querySelectorAll('script, img, svg, iframe, style, object, embed, form')).toHaveLength(0)
  for (const element of box.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on/)
      expect(value).not.toMatch(/^\s*(javascript|data|vbscript):/i)
    }
  }
})

it('opens external links and turns pictures into links', () => {
  const [link, picture] = html('[site](https://example.com) ![plan](https://example.com/plan.png)').querySelectorAll('a')
  expect([link?.getAttribute('target'), link?.getAttribute('rel')]).toEqual(['_blank', 'noreferrer noopener'])
  expect([picture?.getAttribute('href'), picture?.textContent]).toEqual(['https://example.com/plan.png', 'plan'])
})

it('shows mentioned users by name and leaves other words', () => {
  const box = html(
    '@jonas, ask @mira.tan. Not ada@jonas.example, @nobody or `@jonas`.',
    new Map([
      ['jonas', 'Jonas Weber'],
      ['mira.tan', 'Mira Tan'],
    ]),
  )
  expect([...box.querySelectorAll('span')].map((one) => one.textContent)).toEqual(['Jonas Weber', 'Mira Tan'])
  expect(box.textContent).toBe('Jonas Weber, ask Mira Tan. Not ada@jonas.example, @nobody or @jonas.')
})

it('strikes through with two tildes only', () => {
  const box = html('Takes ~2 weeks, ~3 at most. ~~Four~~.')
  expect([...box.querySelectorAll('del')].map((one) => one.textContent)).toEqual(['Four'])
  expect(box.textContent).toBe('Takes ~2 weeks, ~3 at most. Four.')
})

it('keeps line breaks', () => {
  const box = html('One\nTwo\n\n- three\n  four')
  expect(box.querySelectorAll('br')).toHaveLength(2)
})

it.each([
  ['**これは太字です。**続き', 'strong', 'これは太字です。'],
  ['**이 용어(term)**가', 'strong', '이 용어(term)'],
  ['~~これは古い。~~続き', 'del', 'これは古い。'],
])('emphasizes %s', (text, tag, inside) => {
  expect(html(text).querySelector(tag)?.textContent).toBe(inside)
})

it('gives footnotes of two texts different ids', async () => {
  const text = 'Range[^1].\n\n[^1]: At 20 °C.'
  const box = render(
    <>
      <MarkdownText text={text} />
      <MarkdownText text={text} />
    </>,
  ).container
  const ids = [...box.querySelectorAll('[id]')].map((one) => one.id)
  expect(new Set(ids).size).toBe(ids.length)
  const [first, second] = box.querySelectorAll<HTMLAnchorElement>('sup a')
  expect(first?.target).toBe('')
  const note = document.getElementById(second?.hash.slice(1) ?? '')
  expect(note?.textContent).toContain('At 20 °C.')
  expect(document.getElementById(second?.getAttribute('aria-describedby') ?? '')?.textContent).toBe('Footnotes')
  await userEvent.click(second as HTMLElement)
  expect(document.activeElement).toBe(note)
  expect(window.location.hash).toBe('')
})

it('keeps the alignment of table columns', () => {
  const box = html('| a | b |\n|---|--:|\n| 1 | 2 |')
  expect([...box.querySelectorAll('td')].map((one) => one.style.textAlign)).toEqual(['', 'right'])
})
