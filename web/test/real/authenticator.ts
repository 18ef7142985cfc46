import type { CDPSession, Page } from '@playwright/test'

/** What a virtual authenticator can do. */
interface Abilities {
  /** Whether it verifies its user, by a fingerprint for example. */
  verifies?: boolean
  /** Whether it can hold passkeys that are found without a username. */
  discoverable?: boolean
}

/** A virtual authenticator of a page, driven over the DevTools protocol. It belongs to the page’s device: other pages don’t see it. */
export class Authenticator {
  private readonly session: CDPSession
  private readonly id: string

  private constructor(session: CDPSession, id: string) {
    this.session = session
    this.id = id
  }

  static async of(page: Page, { verifies = true, discoverable = true }: Abilities = {}): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable', { enableUI: false })
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: discoverable,
        hasUserVerification: verifies,
        isUserVerified: verifies,
        automaticPresenceSimulation: true,
      },
    })
    return new Authenticator(session, authenticatorId)
  }

  /** Whether its user touches it when asked. */
  async touched(enabled: boolean): Promise<void> {
    await this.session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.id, enabled })
  }

  /** Whether its user is recognised. If not, a request that needs it is refused, as if cancelled. */
  async recognises(isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified })
  }

  /** The number of passkeys that it holds. */
  async held(): Promise<number> {
    return (await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.id })).credentials.length
  }
}
