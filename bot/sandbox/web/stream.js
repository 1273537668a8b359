// The event stream of the sandbox. After a lost connection it reconnects by itself and continues after the last event.

import { reportConnected, reportLost } from "./connection.js";

let source = null;
let retryTimer = null;
let lastEvent = 0; // the number of the newest event that was handled
let run = null; // identifies the run of the sandbox that numbered these events
let handlers = null;

/**
 * Follow the events after number `cursor`. `onEvent(event)` gets each of them; `onReconnect()` is called when a lost
 * connection is back; `onReset()` when the sandbox has dropped the missed events: it reads the whole state again and then
 * calls `follow`.
 */
export function follow(cursor, given) {
  lastEvent = cursor;
  handlers = given;
  run = null;
  connect();
}

function connect() {
  clearTimeout(retryTimer);
  retryTimer = null;
  source?.close();
  source = new EventSource(`/api/stream?after=${lastEvent}`);
  source.addEventListener("run", (event) => checkRun(event.data));
  source.onmessage = (event) => receive(JSON.parse(event.data), event.lastEventId);
  source.onerror = retry;
}

/** EventSource would retry every second by itself, and stop for good after an answer that is no event stream. */
function retry() {
  source.close();
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, reportLost());
}

/** The stream begins with the id of the sandbox's run: after a restart the numbers count other events. */
function checkRun(id) {
  if (run !== null && run !== id) return void reset();
  const reconnected = run === id;
  run = id;
  reportConnected();
  if (reconnected) handlers.onReconnect();
}

function receive(event, id) {
  if (event.type === "reset") return void reset();
  lastEvent = Number(id);
  handlers.onEvent(event);
}

async function reset() {
  source.close();
  try {
    await handlers.onReset();
  } catch {
    retry();
  }
}

/** Reconnect at once when the page becomes visible or the network is back, instead of waiting for the timer. */
function retryNow() {
  if (retryTimer !== null && !document.hidden) connect();
}

addEventListener("online", retryNow);
document.addEventListener("visibilitychange", retryNow);
