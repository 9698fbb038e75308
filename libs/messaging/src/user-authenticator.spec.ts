import { credsAuthenticator, type JwtAuth } from '@nats-io/transport-node';
import { MessagingErrorCode } from './errors.js';
import { controlCreds, generateOperatorKeys } from './operator.js';
import { userAuthenticator } from './user-authenticator.js';

it("answers a challenge as the client library's own does", async () => {
  const creds = await controlCreds(generateOperatorKeys());
  const [own, theirs] = [userAuthenticator(creds), credsAuthenticator(Buffer.from(creds))];
  const { jwt, sig } = theirs('challenge') as JwtAuth;
  expect(own('challenge')).toEqual({ jwt, sig });
  expect(own()).toEqual({ jwt });
});

it.each(['', 'a password', '-----BEGIN NATS USER JWT-----\neyJ\n------END NATS USER JWT------\n'])(
  'refuses what is no creds file: %j',
  (text) => {
    expect(() => userAuthenticator(text)).toThrow(
      expect.objectContaining({ code: MessagingErrorCode.InvalidOperator }),
    );
  },
);
