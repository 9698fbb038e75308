import {
  CONTROL,
  type Messaging,
  MessagingError,
  MessagingErrorCode,
  Requests,
} from '@flotilla/messaging';

/** Asks the control plane for sleeping chains, once there is a connection to it. */
export class WakeRequests {
  messaging: Messaging | undefined;

  /** @throws MessagingError when nobody can be asked, or the control plane refuses */
  async wake(chain: string): Promise<void> {
    if (this.messaging === undefined) {
      throw new MessagingError(MessagingErrorCode.NotConnected, 'no control plane to wake chains');
    }
    await this.messaging.request(Requests.chainWake, CONTROL, { name: chain });
  }
}
