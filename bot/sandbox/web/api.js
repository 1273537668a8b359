// Requests to the sandbox's people API.

import { t } from "./words.js";

/**
 * Send one request and return its JSON. Throws an Error, with the sandbox's message when it refuses, and with one of our
 * own when it cannot be reached.
 */
export async function call(verb, path, body) {
  const options = { method: verb };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "content-type": "application/json" };
  }
  const answer = await fetch(path, options).catch(() => {
    throw new Error(t("unreachable"));
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error ?? result.description ?? answer.statusText);
  return result;
}

/** The URL of the bytes of a file. */
export function fileAddress(fileId) {
  return `/api/files/${encodeURIComponent(fileId)}`;
}

/** The API path of a chat. */
export function chatPath(key) {
  return `/api/chats/${encodeURIComponent(key)}`;
}
