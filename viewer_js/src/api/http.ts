/** Questions to the server, and its problem details (RFC 9457) as errors with a sentence for the person. */

import { t } from "../i18n/translate";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  /** Trying again later may help. */
  get passing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** No answer came at all, or one that says "later". */
export function isBrokenLine(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof ApiError && error.passing);
}

/** A sentence for the person. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return t("The line to the server is broken.");
  return t("Something went wrong in the viewer. Reload the page.");
}

async function problemOf(response: Response): Promise<ApiError> {
  const body: { code?: string; detail?: string } = await response.json().catch(() => ({}));
  const detail = body.detail ?? t("The server answered with error {status}.", { status: response.status });
  return new ApiError(response.status, body.code ?? "http", detail);
}

/** The answer, or the problem it tells, thrown. */
export async function checked(response: Response): Promise<Response> {
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function request(address: string, init: RequestInit = {}): Promise<Response> {
  return checked(await fetch(address, { credentials: "same-origin", ...init }));
}

export async function requestJson<T>(
  address: string,
  {
    method = "GET",
    csrf,
    body,
    keepalive = false,
  }: { method?: string; csrf?: string; body?: unknown; keepalive?: boolean } = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (csrf !== undefined) headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init: RequestInit = {
    method,
    headers,
    ...(keepalive ? { keepalive } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const response = await request(address, init);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
