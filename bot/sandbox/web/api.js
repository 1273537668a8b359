// The people's API of the sandbox.

import { t } from "./words.js";

/** One request; a refusal becomes an Error with the sandbox's own words, silence one with ours. */
export async function call(verb, path, body) {
  const options = { method: verb };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "content-type": "application/json" };
  }
  const answer = await fetch(path, options).catch(() => { throw new Error(t("unreachable")); });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error ?? result.description ?? answer.statusText);
  return result;
}

/** Where the bytes of a file are. */
export function fileAddress(fileId) {
  return `/api/files/${encodeURIComponent(fileId)}`;
}

/** The path of a chat. */
export function chatPath(key) {
  return `/api/chats/${encodeURIComponent(key)}`;
}
