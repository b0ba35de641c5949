// Requests to the API, and its errors as it words them (RFC 9457).

import { API, TWIN } from "./config.js";
import { renew, token, who } from "./session.js";

const TIMEOUT_MS = 15_000;
/** By token and path: the last answer and its tag, so that what did not change is not sent again. */
const seen = new Map();

/** An answer that is an error, or none at all. */
export class Problem extends Error {
  constructor(request, status, body) {
    super(body?.detail ?? body?.message ?? `${status || "no answer"}`);
    this.request = request;
    this.status = status;
    this.body = body ?? {};
  }
}

async function send(base, method, path, { body, headers = {} } = {}) {
  const attempt = () => {
    const all = { ...headers };
    if (body !== undefined) all["Content-Type"] = "application/json";
    if (base === API && who() !== "guest" && token() !== null) all.Authorization = `Bearer ${token()}`;
    const options = { method, headers: all, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" };
    return fetch(base + path, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  };
  let answer;
  try {
    answer = await attempt();
    // A twin that was started anew may have another key.
    if (answer.status === 401 && (await renew())) answer = await attempt();
  } catch (error) {
    throw new Problem(`${method} ${path}`, 0, { title: "No answer", detail: error.message });
  }
  if (!answer.ok && answer.status !== 304) {
    throw new Problem(`${method} ${path}`, answer.status, await answer.json().catch(() => null));
  }
  return answer;
}

/** What a path of the API has, as JSON; a null path has nothing. */
export async function read(path) {
  const name = `${token()} ${path}`;
  const before = seen.get(name);
  const answer = await send(API, "GET", path, { headers: before ? { "If-None-Match": before.tag } : {} });
  if (answer.status === 304) return before.body;
  const body = await answer.json();
  const tag = answer.headers.get("etag");
  if (tag !== null) seen.set(name, { tag, body });
  return body;
}

/** A picture as an address of this page. Whoever asked revokes it. */
export async function picture(path) {
  const answer = await send(API, "GET", path, { headers: { Accept: "image/svg+xml" } });
  return URL.createObjectURL(await answer.blob());
}

/** Asks the API to change something. Null if it answers without a body. */
export async function change(method, path, { body, key, version } = {}) {
  const headers = {};
  if (key !== undefined) headers["Idempotency-Key"] = key;
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const answer = await send(API, method, path, { body, headers });
  return answer.status === 204 ? null : answer.json();
}

/** Keys for requests: the same as long as the request is the same, so that trying again does not do it twice. */
export function keys() {
  let last, key;
  return (request) => {
    const text = JSON.stringify(request);
    if (text !== last) [last, key] = [text, crypto.randomUUID()];
    return key;
  };
}

/** What the twin says beside the API. */
export const local = async (name, method = "GET") => (await send(TWIN, method, `/${name}`)).json();
