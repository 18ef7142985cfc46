import { useId, useMemo, type MouseEvent, type ReactNode } from 'react'
import Renderer, { type Components, type ExtraProps } from 'react-markdown'
import remarkBreaks from 'remark-breaks'
import remarkCjkFriendly from 'remark-cjk-friendly'
import remarkCjkFriendlyGfmStrikethrough from 'remark-cjk-friendly-gfm-strikethrough'
import remarkGfm, { type Options } from 'remark-gfm'
import { ScrollBox } from './ScrollBox'

// Creates React elements and never an HTML string; raw HTML is escaped, and links other than http(s), mailto and similar lose their URL
// (react-markdown's `defaultUrlTransform`).

// One `~` means “about”: only two strike through.
const STRIKE: Options = { singleTilde: false }
const PLUGINS: React.ComponentProps<typeof Renderer>['remarkPlugins'] = [
  [remarkGfm, STRIKE],
  // Chinese, Japanese and Korean have no spaces around emphasized words.
  remarkCjkFriendly,
  [remarkCjkFriendlyGfmStrikethrough, STRIKE],
  // A line ends where its author ended it.
  remarkBreaks,
]
/** Id that the renderer gives to the heading of the footnotes, the same in every text. */
const FOOTNOTES = 'footnote-label'
const MENTION = /(^|[^\w@])@([a-z0-9._-]{3,40})/gi

type Names = ReadonlyMap<string, string> | undefined

/** Text with mentions highlighted. A username at the end of a sentence is matched without the dot. */
function withMentions(text: string, names: Names): ReactNode {
  if (!names || !text.includes('@')) return text
  const parts: ReactNode[] = []
  let done = 0
  for (const found of text.matchAll(MENTION)) {
    const typed = (found[2] ?? '').toLowerCase()
    const username = names.has(typed) ? typed : typed.replace(/[.-]+$/, '')
    const name = names.get(username)
    if (name === undefined) continue
    const from = found.index + (found[1] ?? '').length
    parts.push(
      text.slice(done, from),
      <span key={from} className="rounded-sm bg-blue-bg px-1 font-medium text-blue" title={`@${username}`}>
        {name}
      </span>,
    )
    done = from + 1 + username.length
  }
  return parts.length === 0 ? text : [...parts, text.slice(done)]
}

const marked = (children: ReactNode, names: Names): ReactNode =>
  Array.isArray(children)
    ? children.map((child: ReactNode) => (typeof child === 'string' ? withMentions(child, names) : child))
    : typeof children === 'string'
      ? withMentions(children, names)
      : children

type Props<E extends keyof React.JSX.IntrinsicElements> = React.JSX.IntrinsicElements[E] & ExtraProps

/** Scrolls to a footnote, or back, without leaving an entry in the browser's history. */
function jump(event: MouseEvent<HTMLAnchorElement>): void {
  const target = document.getElementById(decodeURIComponent(event.currentTarget.hash.slice(1)))
  if (!target) return
  event.preventDefault()
  target.scrollIntoView({ block: 'nearest' })
  target.tabIndex = -1
  target.focus({ preventScroll: true })
}

function Anchor({ href, children, node, ...rest }: Props<'a'>) {
  if (node?.properties['dataFootnoteRef'] !== undefined || node?.properties['dataFootnoteBackref'] !== undefined) {
    return (
      <a href={href} {...rest} onClick={jump}>
        {children}
      </a>
    )
  }
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  )
}

/** `prefix` makes ids of footnotes differ between the texts of a page. */
function components(names: Names, prefix: string): Components {
  return {
    // Headings of a text rank below those of the page.
    h1: ({ children }) => <h3>{children}</h3>,
    h2: ({ children, id }: Props<'h2'>) =>
      id === FOOTNOTES ? (
        <h4 id={prefix + id} className="sr-only">
          {children}
        </h4>
      ) : (
        <h4>{children}</h4>
      ),
    h3: ({ children }) => <h5>{children}</h5>,
    a: ({ 'aria-describedby': about, ...rest }: Props<'a'>) => <Anchor {...rest} aria-describedby={about && prefix + about} />,
    // An external image would reveal the reader to its server, and the content security policy refuses it: it becomes a link.
    img: ({ src, alt }: Props<'img'>) =>
      typeof src === 'string' && src !== '' ? (
        <a href={src} target="_blank" rel="noreferrer noopener">
          {alt || src}
        </a>
      ) : (
        <>{alt}</>
      ),
    p: ({ children }) => <p>{marked(children, names)}</p>,
    li: ({ children, className, id }: Props<'li'>) => (
      <li className={className} id={id}>
        {marked(children, names)}
      </li>
    ),
    td: ({ children, style }) => <td style={style}>{marked(children, names)}</td>,
    table: ({ children }) => (
      <ScrollBox label="Table">
        <table>{children}</table>
      </ScrollBox>
    ),
  }
}

export default function MarkdownText({ text, mentions }: { text: string; mentions?: ReadonlyMap<string, string> }) {
  const prefix = `${useId()}-`
  const parts = useMemo(() => components(mentions, prefix), [mentions, prefix])
  return (
    <Renderer remarkPlugins={PLUGINS} remarkRehypeOptions={{ clobberPrefix: prefix }} components={parts}>
      {text}
    </Renderer>
  )
}
