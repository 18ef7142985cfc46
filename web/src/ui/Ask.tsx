import { createStore, useStore } from '@/lib/store'
import { Button } from './Button'
import { Dialog } from './Dialog'

interface Choice<A extends string> {
  value: A
  label: string
  variant?: 'primary' | 'danger'
}

interface Question<A extends string> {
  title: string
  detail: string
  /** What can be done; the last one is the most likely. */
  choices: readonly Choice<A>[]
  /** Label of the button that leaves everything as it is. */
  cancel?: string
}

interface Asked extends Question<string> {
  answer: (choice: string | null) => void
}

const asked = createStore<Asked | null>(null)

/** Asks a question on top of the page. Resolves to null if the user cancels, or if another question takes its place. */
export function ask<A extends string>(question: Question<A>): Promise<A | null> {
  asked.get()?.answer(null)
  return new Promise((resolve) => {
    asked.set({
      ...question,
      answer: (choice) => {
        asked.set(null)
        resolve(choice as A | null)
      },
    })
  })
}

/** Asks before something is deleted that can't be brought back. */
export async function confirmed(title: string, detail: string, label = 'Delete'): Promise<boolean> {
  return (await ask({ title, detail, choices: [{ value: 'yes', label, variant: 'danger' }] })) === 'yes'
}

/** Where questions appear; mounted once. */
export function Questions() {
  const question = useStore(asked)
  return (
    <Dialog
      open={question !== null}
      onClose={() => question?.answer(null)}
      size="small"
      title={question?.title ?? ''}
      description={question?.detail}
      footer={
        <>
          <Button onClick={() => question?.answer(null)}>{question?.cancel ?? 'Cancel'}</Button>
          {question?.choices.map(({ value, label, variant }) => (
            <Button key={value} variant={variant ?? 'secondary'} onClick={() => question.answer(value)}>
              {label}
            </Button>
          ))}
        </>
      }
    />
  )
}
