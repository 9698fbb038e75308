import { MessagingErrorCode } from './errors.js';
import { Messages } from './messages.js';
import { ANY_CHAIN, buildSubject, parseSubject, subjectSpace } from './subjects.js';

describe('subjects', () => {
  it('builds and parses the grammar', () => {
    const subject = buildSubject({ ...Messages.heartbeat, chain: 'shop' });
    expect(subject).toBe('flotilla.v1.hb.shop.node.beat');
    expect(parseSubject(subject)).toEqual({
      kind: 'hb',
      chain: 'shop',
      resource: 'node',
      verb: 'beat',
    });
    expect(subjectSpace('cmd', 'shop')).toBe('flotilla.v1.cmd.shop.>');
    expect(buildSubject({ ...Messages.heartbeat, chain: ANY_CHAIN })).toBe(
      'flotilla.v1.hb.*.node.beat',
    );
  });

  it.each(['a.b', '>', 'shop.>', '', 'Shop', 'shop ', `a${'b'.repeat(40)}`, 'shop\r\nPUB x'])(
    'refuses the token %j',
    (chain) => {
      expect(() => buildSubject({ ...Messages.heartbeat, chain })).toThrow(
        expect.objectContaining({ code: MessagingErrorCode.InvalidSubject }),
      );
      expect(() => subjectSpace('hb', chain)).toThrow();
    },
  );

  it.each(['flotilla.v2.hb.shop.node.beat', 'flotilla.v1.hb.shop.node', 'flotilla.v1.x.shop.a.b'])(
    'does not take %s for one of ours',
    (subject) => expect(parseSubject(subject)).toBeUndefined(),
  );
});
