import type { ReactNode } from 'react'
import Renderer, { type Components, type ExtraProps } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { ScrollBox } from './ScrollBox'

// Creates React elements and never an HTML string; raw HTML is escaped, and links other than http(s), mailto and similar lose their URL
// (react-markdown's `defaultUrlTransform`).

const PLUGINS = [remarkGfm]
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

function components(names: Names): Components {
  return {
    // Headings of a text rank below those of the page.
    h1: ({ children }) => <h3>{children}</h3>,
    h2: ({ children }) => <h4>{children}</h4>,
    h3: ({ children }) => <h5>{children}</h5>,
    a: ({ href, children }: Props<'a'>) => (
      <a href={href} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    ),
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
    li: ({ children, className }: Props<'li'>) => <li className={className}>{marked(children, names)}</li>,
    td: ({ children }) => <td>{marked(children, names)}</td>,
    table: ({ children }) => (
      <ScrollBox label="Table">
        <table>{children}</table>
      </ScrollBox>
    ),
  }
}

export default function MarkdownText({ text, mentions }: { text: string; mentions?: ReadonlyMap<string, string> }) {
  return (
    <Renderer remarkPlugins={PLUGINS} components={components(mentions)}>
      {text}
    </Renderer>
  )
}
