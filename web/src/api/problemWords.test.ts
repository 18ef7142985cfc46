import { expect, it } from 'vitest'
import { problemFrom } from './problem'

const read = (status: number, body: object) => problemFrom(new Response(null, { status }), { status, ...body })

it.each([
  [401, 'Unauthorized', 'Couldn’t confirm that it’s you'],
  [403, 'Forbidden', 'You can’t do this'],
  [413, 'Payload Too Large', 'Too long'],
  [422, 'Unprocessable Entity', 'Check what you entered'],
  [503, 'Service Unavailable', 'Steward is busy'],
  [418, 'Error', 'Something went wrong'],
])('%s %s is titled for people', (status, title, words) => expect(read(status, { title }).title).toBe(words))

it('keeps a title that says what happened', () => expect(read(409, { title: 'This name is taken' }).title).toBe('This name is taken'))

it('words what only programs understand', () => {
  const detail = 'The request body is larger than this API accepts.'
  expect(read(413, { title: 'Payload Too Large', code: 'payload_too_large', detail }).detail).not.toContain('API')
})
