import { FlotillaApiError, type Problem, SdkError, SdkErrorCode } from './errors.js';

/** The part of `fetch` that the SDK uses, so that any implementation fits. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

export interface TransportOptions {
  /** Where the API is, with or without `/api/v1`. */
  readonly apiUrl: string;
  /** Sent as `Authorization: Bearer …`; without one only public calls work. */
  readonly apiKey?: string;
  /** Defaults to the platform's own. */
  readonly fetch?: FetchFunction;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Statuses beside 2xx that are answers, not errors. */
  readonly acceptStatus?: readonly number[];
}

/** `http://host:7070`, `…/` and `…/api/v1/` all name the same API. */
export function normalizeApiUrl(apiUrl: string): string {
  return `${apiUrl.replace(/\/+$/, '').replace(/\/api\/v1$/, '')}/api/v1`;
}

/** HTTP with our key, our JSON and our errors; every API object of the SDK sits on one of these. */
export class ApiTransport {
  readonly apiUrl: string;
  readonly #apiKey: string | undefined;
  readonly #fetch: FetchFunction;

  constructor(options: TransportOptions) {
    this.apiUrl = normalizeApiUrl(options.apiUrl);
    this.#apiKey = options.apiKey;
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
  }

  /** The header by which the key is shown; undefined without one. */
  get authorization(): string | undefined {
    return this.#apiKey === undefined ? undefined : `Bearer ${this.#apiKey}`;
  }

  /**
   * @throws FlotillaApiError for every answer other than 2xx
   * @throws SdkError `API_UNREACHABLE` or `UNEXPECTED_ANSWER`
   */
  async request<Body>(method: string, path: string, options: RequestOptions = {}): Promise<Body> {
    const response = await this.open(method, path, options, 'application/json');
    const text = await response.text();
    if (text === '') return undefined as Body;
    return parseJson(text, response) as Body;
  }

  /** The raw answer, for streams and downloads. Throws as {@link request} does. */
  async open(
    method: string,
    path: string,
    options: RequestOptions & { readonly headers?: Readonly<Record<string, string>> },
    accept: string,
  ): Promise<Response> {
    const url = `${this.apiUrl}${path}${queryString(options.query)}`;
    const headers: Record<string, string> = { accept, ...options.headers };
    if (this.authorization !== undefined) headers.authorization = this.authorization;
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await this.#fetch(url, {
        method,
        headers,
        body: options.body === undefined ? undefined : JSON.stringify(options.body, bigIntAsText),
        signal: options.signal,
      });
    } catch (cause) {
      if (options.signal?.aborted) throw cause;
      throw new SdkError(SdkErrorCode.ApiUnreachable, `nothing answers at ${this.apiUrl}`, {
        cause,
        retryable: true,
      });
    }
    if (!response.ok && !options.acceptStatus?.includes(response.status)) {
      throw await errorOf(response);
    }
    return response;
  }
}

async function errorOf(response: Response): Promise<Error> {
  const text = await response.text();
  const problem = parseJson(text, response) as Partial<Problem> | null;
  if (typeof problem?.code !== 'string') throw unexpected(response, text);
  return new FlotillaApiError({ ...problem, code: problem.code, status: response.status });
}

function parseJson(text: string, response: Response): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unexpected(response, text, cause);
  }
}

function unexpected(response: Response, text: string, cause?: unknown): SdkError {
  return new SdkError(
    SdkErrorCode.UnexpectedAnswer,
    `${response.url} answered ${response.status} with something other than Flotilla's JSON: ${text.slice(0, 120)}`,
    { cause, retryable: response.status >= 502 },
  );
}

function queryString(query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)] as [string, string]))}`;
}

function bigIntAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
