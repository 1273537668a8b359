// The state of the page, kept up to date by the event stream. Listeners are told which part of it changed.

import { call, chatPath } from "./api.js";
import { follow } from "./stream.js";
import { language } from "./words.js";

const HANDLERS = { onEvent, onReconnect, onReset };

export const state = {
  me: null,
  users: [],
  chats: [],
  openKey: null,
  topic: null,
  messages: [],
  unread: new Map(),
  actions: new Map(),
  banner: "",
  samples: [],
};
const listeners = new Map();
let refreshTimer = null;
let readUpTo = 0; // the number of the newest event that state.messages contained when they were read
const pendingReads = new Set(); // for each request for messages under way: the events that came since it was sent

/** Call a listener whenever a part of the state changes: settings, chats, open, messages or actions. */
export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

/** Call the listeners of a part. */
export function notify(kind) {
  for (const listener of listeners.get(kind) ?? []) listener();
}

/** The chat that is open, or undefined. */
export function openChat() {
  return state.chats.find((chat) => chat.key === state.openKey);
}

/** Read settings and people, act as the person of the last visit or as a new one, and follow the events. */
export async function start() {
  Object.assign(state, await call("GET", "/page/settings"));
  notify("settings");
  state.users = (await call("GET", "/api/users")).users;
  const last = Number(localStorage.getItem("person"));
  const same = state.users.find((user) => user.id === last && user.first_name === localStorage.getItem("personName"));
  await actAs(same ?? (await call("POST", "/api/users", { name: language === "ru" ? "Гость" : "Guest", language })));
}

/** Act as this person from now on. */
export async function actAs(user) {
  state.me = user;
  localStorage.setItem("person", user.id);
  localStorage.setItem("personName", user.first_name);
  state.users = (await call("GET", "/api/users")).users;
  Object.assign(state, { openKey: null, topic: null, messages: [], unread: new Map(), actions: new Map() });
  follow(await refreshChats(), HANDLERS);
  const wanted = decodeURIComponent(location.hash.slice(1));
  await open(state.chats.some((chat) => chat.key === wanted) ? wanted : null);
}

/** Read the chats of the person; returns the number of the newest event that they contain. */
export async function refreshChats() {
  const found = await call("GET", `/api/chats?user=${state.me.id}`);
  state.chats = found.chats;
  notify("chats");
  return found.cursor;
}

/** Read the chats again soon; several calls within 50 ms lead to one request. */
export function refreshSoon() {
  refreshTimer ??= setTimeout(() => {
    refreshTimer = null;
    refreshChats().catch(() => {}); // the connection is lost: onReconnect reads the chats again
  }, 50);
}

/** Open a chat, at a topic if it has any. */
export async function open(key, topic = null) {
  Object.assign(state, { openKey: key, topic, messages: [] });
  readUpTo = 0;
  state.unread.delete(key);
  history.replaceState(null, "", key ? `#${encodeURIComponent(key)}` : location.pathname);
  notify("chats");
  notify("open");
  if (key) await readMessages(key);
  else notify("messages");
}

/**
 * Read the messages of a chat. Events that arrive during the request are applied to its answer as well, which may be
 * older than they are.
 */
async function readMessages(key) {
  const events = [];
  pendingReads.add(events);
  try {
    const found = await call("GET", `${chatPath(key)}/messages?limit=300`);
    if (state.openKey !== key) return;
    state.messages = found.messages;
    readUpTo = found.cursor;
  } finally {
    pendingReads.delete(events);
  }
  events.forEach(applyToMessages);
  notify("messages");
}

/** After a lost connection: the stream sends the missed events, but requests that failed have to be repeated. */
function onReconnect() {
  refreshSoon();
  if (state.openKey) readMessages(state.openKey).catch(() => {}); // lost again: the next onReconnect repeats it
}

/** The sandbox was restarted, or has dropped the missed events: read everything, keep the person and the open chat. */
async function onReset() {
  const { id, first_name: name, language_code: code } = state.me;
  state.users = (await call("GET", "/api/users")).users;
  const same = state.users.find((user) => user.id === id && user.first_name === name);
  if (!same) return actAs(await call("POST", "/api/users", { name, language: code }));
  const cursor = await refreshChats();
  if (openChat()) await readMessages(state.openKey);
  else if (state.openKey) await open(null);
  return follow(cursor, HANDLERS);
}

function onEvent(event) {
  if (event.type === "action") return applyAction(event);
  if (["message", "edited", "reaction", "deleted"].includes(event.type)) applyMessage(event);
  else refreshSoon();
}

/** A message came, changed or went: update the chat list, and the messages if its chat is open. */
function applyMessage(event) {
  const chat = state.chats.find((each) => each.key === event.chat);
  if (!chat) return;
  const { message } = event;
  if (event.type === "message") {
    chat.last_message = message;
    chat.started = true;
    state.chats = [chat, ...state.chats.filter((each) => each !== chat)];
    state.actions.delete(event.chat);
    if (event.chat !== state.openKey && message.author_id !== state.me.id) {
      state.unread.set(event.chat, (state.unread.get(event.chat) ?? 0) + 1);
    }
  } else if (message && chat.last_message?.message_id === message.message_id) chat.last_message = message;
  applyToMessages(event);
  notify("chats");
}

/** Apply an event to the messages of the open chat, unless they were read after it. */
function applyToMessages(event) {
  if (event.chat !== state.openKey || event.seq <= readUpTo) return;
  for (const events of pendingReads) events.push(event);
  const id = event.message?.message_id ?? event.message_id;
  const others = state.messages.filter((each) => each.message_id !== id);
  if (event.type === "message") state.messages = [...others, event.message];
  else if (event.type === "deleted") state.messages = others;
  else state.messages = state.messages.map((each) => (each.message_id === id ? event.message : each));
  notify("messages");
  if (event.type === "message") notify("actions");
}

/** A chat action is shown for five seconds (Bot API, sendChatAction). */
function applyAction(event) {
  const entry = { action: event.action, bot: event.bot };
  state.actions.set(event.chat, entry);
  notify("actions");
  setTimeout(() => {
    if (state.actions.get(event.chat) === entry) state.actions.delete(event.chat);
    notify("actions");
  }, 5000);
}
