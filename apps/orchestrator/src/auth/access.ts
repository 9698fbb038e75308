import type { Role } from '@flotilla/persistence';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { ApiRequest, Principal } from '../http/request.js';

export const ROLES = 'flotilla:roles';
export const OPEN = 'flotilla:open';
export const LOOPBACK_OPEN = 'flotilla:loopback-open';

/** Who may call; without it reading is for every role and changing for admins and tenants. */
export const AllowRoles = (...roles: Role[]) => SetMetadata(ROLES, roles);
/** No key needed. */
export const Open = () => SetMetadata(OPEN, true);
/** No key needed from this machine itself. */
export const OpenFromLoopback = () => SetMetadata(LOOPBACK_OPEN, true);

export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<ApiRequest>();
  // The guard ran before: a handler without a principal is an open one, and takes no Caller.
  return principal as Principal;
});
