import type { Role } from '@flotilla/persistence';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { ApiRequest } from '../http/request.js';
import { LOOPBACK_OPEN, OPEN, ROLES } from './access.js';
import { Authenticator } from './authenticator.js';
import { KeyRates } from './key-rates.js';

const READERS: readonly Role[] = ['admin', 'tenant', 'viewer'];
const WRITERS: readonly Role[] = ['admin', 'tenant'];
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly rates: KeyRates,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const marked = <Value>(key: string) =>
      this.reflector.getAllAndOverride<Value | undefined>(key, [
        context.getHandler(),
        context.getClass(),
      ]);
    if (marked<boolean>(OPEN)) return true;
    const isKeyless = request.headers.authorization === undefined;
    if (marked<boolean>(LOOPBACK_OPEN) && isKeyless && isFromHere(request)) return true;
    const principal = await this.authenticator.authenticate(request.headers.authorization);
    request.principal = principal;
    const reading = request.method === 'GET' || request.method === 'HEAD';
    this.rates.spend(principal, reading);
    const allowed = marked<readonly Role[]>(ROLES) ?? (reading ? READERS : WRITERS);
    if (allowed.includes(principal.role)) return true;
    throw new ApiError(ApiErrorCode.Forbidden, `a ${principal.role} key may not do this`);
  }
}

/** Not what a reverse proxy on this machine passes on. */
function isFromHere({ ip, headers }: ApiRequest): boolean {
  return (
    LOOPBACK.has(ip) && headers.forwarded === undefined && headers['x-forwarded-for'] === undefined
  );
}
