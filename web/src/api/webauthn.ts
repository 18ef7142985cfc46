import { Problem } from './problem'
import type { PasskeyAssertion, PasskeyAttestation, PasskeyCreationOptions, PasskeyRequestOptions } from './types'

// The browser's part of passkeys: whether they work on this page, creating one, and signing a challenge with one.

/** Why passkeys can’t be used on a page: Steward has no host name, it has another one, or the browser can’t. */
export type PasskeyObstacle = 'no_host' | 'other_host' | 'browser'

function supported(): boolean {
  return typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function'
}

function isLocalhost(url: URL): boolean {
  return url.hostname === 'localhost'
}

/** Why this page can’t use passkeys of `origin`, the one at which the server says they work; null if it can. */
export function passkeyObstacle(origin: string | null | undefined): PasskeyObstacle | null {
  if (!origin) return 'no_host'
  const [wanted, here] = [new URL(origin), new URL(globalThis.location.href)]
  // A browser ties passkeys to the host; the server, which also checks the port, allows any on one’s own machine.
  if (wanted.origin !== here.origin && !(isLocalhost(wanted) && isLocalhost(here))) return 'other_host'
  return supported() ? null : 'browser'
}

/** Why this page can’t ask for one of these passkeys; null if it can. */
export function answerObstacle(options: PasskeyRequestOptions): PasskeyObstacle | null {
  if (options.rpId !== globalThis.location.hostname) return 'other_host'
  return supported() ? null : 'browser'
}

/** Whether the browser offers passkeys among the suggestions of a field, without a dialog. */
export async function suggestsPasskeys(): Promise<boolean> {
  return supported() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true
}

function problem(code: string, title: string, detail: string): Problem {
  return new Problem({ status: 0, code, title, detail })
}

function unanswered(name: string): Problem {
  switch (name) {
    case 'AbortError':
      return problem('passkey_aborted', 'The request for a passkey ended', 'Try again.')
    case 'SecurityError':
      return problem(
        'passkey_wrong_site',
        'Passkeys don’t work at this address',
        `This page is at ${globalThis.location.host}. Open Steward at the address where you added the passkey.`,
      )
    default:
      return problem(
        'passkey_no_answer',
        'Your device didn’t answer',
        'Check that it is unlocked, and a security key that it is plugged in. Then try again.',
      )
  }
}

function notCreated(name: string): Problem {
  switch (name) {
    // Browsers don’t tell a cancelled request from one that nothing could answer.
    case 'NotAllowedError':
      return problem('passkey_cancelled', 'No passkey was created', 'The request was cancelled or took too long. Try again.')
    case 'InvalidStateError':
      return problem(
        'passkey_exists',
        'You already have a passkey here',
        'This device, password manager or security key holds one for your account. Choose another to add a second passkey.',
      )
    case 'NotSupportedError':
    case 'ConstraintError':
      return problem(
        'passkey_unsupported',
        'This device can’t hold a passkey',
        'It needs a PIN, a fingerprint or a face to unlock it. Set one up, or use a phone, a password manager or a security key.',
      )
    default:
      return unanswered(name)
  }
}

function notUsed(name: string): Problem {
  if (name !== 'NotAllowedError') return unanswered(name)
  return problem(
    'passkey_cancelled',
    'No passkey was used',
    'The request was cancelled, took too long, or there is no passkey for Steward on this device.',
  )
}

async function asked(request: () => Promise<Credential | null>, refused: (name: string) => Problem): Promise<PublicKeyCredential> {
  try {
    const credential = await request()
    if (credential instanceof PublicKeyCredential) return credential
  } catch (error) {
    throw refused(error instanceof Error || error instanceof DOMException ? error.name : '')
  }
  throw refused('')
}

/** Lets the user create a passkey. Fails with a {@link Problem} that says why there is none. */
export async function passkeyMade(options: PasskeyCreationOptions): Promise<PasskeyAttestation> {
  const create = () =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON),
    })
  return (await asked(create, notCreated)).toJSON() as PasskeyAttestation
}

/**
 * Lets the user sign a challenge with a passkey. With a `signal`, the browser suggests passkeys at a field and waits until one is chosen or
 * the signal aborts; without, it asks immediately. Fails with a {@link Problem} that says why there is no answer.
 */
export async function passkeyAsked(options: PasskeyRequestOptions, signal?: AbortSignal): Promise<PasskeyAssertion> {
  const get = () =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON),
      ...(signal && { signal, mediation: 'conditional' }),
    })
  return (await asked(get, notUsed)).toJSON() as PasskeyAssertion
}

/** Tells the browser to stop offering a passkey that the server didn’t take. Browsers that can’t do that keep it. */
export function passkeyForgotten(rpId: string, credential: PasskeyAttestation & { id?: string }): void {
  if (credential.id === undefined || typeof PublicKeyCredential.signalUnknownCredential !== 'function') return
  PublicKeyCredential.signalUnknownCredential({ rpId, credentialId: credential.id }).catch(() => undefined)
}
