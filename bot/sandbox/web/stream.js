// The stream of what happens: it comes back by itself, and goes on where it was cut.

import { missed, reached } from "./connection.js";

let source = null;
let timer = null;
let last = 0; // the number of the newest event that was taken
let run = null; // the run of the sandbox whose events these are
let hooks = null;

/**
 * Follow what happens after an event. `take` gets each event; `back` is called when the stream is back after a cut;
 * `startOver` when the events past the last one are gone: it reads everything anew and calls this again.
 */
export function follow(cursor, given) {
  last = cursor;
  hooks = given;
  run = null;
  connect();
}

function connect() {
  clearTimeout(timer);
  timer = null;
  source?.close();
  source = new EventSource(`/api/stream?after=${last}`);
  source.addEventListener("run", (event) => arrive(event.data));
  source.onmessage = (event) => take(JSON.parse(event.data), event.lastEventId);
  source.onerror = retry;
}

/** The browser would try again every second, and give up for good when something else answers in between. */
function retry() {
  source.close();
  clearTimeout(timer);
  timer = setTimeout(connect, missed());
}

/** The stream begins with the run of the sandbox: numbers of another run count other events. */
function arrive(id) {
  if (run !== null && run !== id) return void startOver();
  const cut = run === id;
  run = id;
  reached();
  if (cut) hooks.back();
}

function take(event, id) {
  if (event.type === "reset") return void startOver();
  last = Number(id);
  hooks.take(event);
}

async function startOver() {
  source.close();
  try {
    await hooks.startOver();
  } catch {
    retry();
  }
}

/** Somebody is looking, or the network is back: no reason to wait any longer. */
function hurry() {
  if (timer !== null && !document.hidden) connect();
}

addEventListener("online", hurry);
document.addEventListener("visibilitychange", hurry);
