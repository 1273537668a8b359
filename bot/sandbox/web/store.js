// What the page knows, and how it keeps up: one event stream, and listeners that are told what changed.

import { call, chatPath } from "./api.js";
import { follow } from "./stream.js";
import { language } from "./words.js";

export const state = {
  me: null, users: [], chats: [], openKey: null, topic: null, messages: [], unread: new Map(), actions: new Map(),
  banner: "", samples: [],
};
const listeners = new Map();
let refreshing = null;
let known = 0; // the number of the newest event that state.messages were read with
const readings = new Set(); // what happens while messages are being read, for each reading

/** Be told when something of this kind changed: begun, chats, open, messages, actions. */
export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

export function tell(kind) {
  for (const listener of listeners.get(kind) ?? []) listener();
}

/** The chat that is open, or undefined. */
export function openChat() {
  return state.chats.find((chat) => chat.key === state.openKey);
}

/** Read settings and people, become somebody, and follow what happens. */
export async function begin() {
  Object.assign(state, await call("GET", "/page/settings"));
  tell("begun");
  state.users = (await call("GET", "/api/users")).users;
  const last = Number(localStorage.getItem("person"));
  const same = state.users.find((user) => user.id === last && user.first_name === localStorage.getItem("personName"));
  await become(same ?? (await call("POST", "/api/users", { name: language === "ru" ? "Гость" : "Guest", language })));
}

/** See the sandbox as this person. */
export async function become(user) {
  state.me = user;
  localStorage.setItem("person", user.id);
  localStorage.setItem("personName", user.first_name);
  state.users = (await call("GET", "/api/users")).users;
  Object.assign(state, { openKey: null, topic: null, messages: [], unread: new Map(), actions: new Map() });
  follow(await refreshChats(), { take, back, startOver });
  const wanted = decodeURIComponent(location.hash.slice(1));
  await open(state.chats.some((chat) => chat.key === wanted) ? wanted : null);
}

/** Read the chats of the person. */
export async function refreshChats() {
  const found = await call("GET", `/api/chats?user=${state.me.id}`);
  state.chats = found.chats;
  tell("chats");
  return found.cursor;
}

/** Read the chats anew, once for a burst of reasons. */
export function refreshSoon() {
  refreshing ??= setTimeout(() => {
    refreshing = null;
    refreshChats().catch(() => {}); // the stream is cut as well, and whoever brings it back reads them
  }, 50);
}

/** Open a chat, at a topic if it has any. */
export async function open(key, topic = null) {
  Object.assign(state, { openKey: key, topic, messages: [] });
  known = 0;
  state.unread.delete(key);
  history.replaceState(null, "", key ? `#${encodeURIComponent(key)}` : location.pathname);
  tell("chats");
  tell("open");
  if (key) await readMessages(key);
  else tell("messages");
}

/** Read the messages of a chat; what happens in between is in the answer or comes after it. */
async function readMessages(key) {
  const meanwhile = [];
  readings.add(meanwhile);
  try {
    const found = await call("GET", `${chatPath(key)}/messages?limit=300`);
    if (state.openKey !== key) return;
    state.messages = found.messages;
    known = found.cursor;
  } finally {
    readings.delete(meanwhile);
  }
  meanwhile.forEach(merge);
  tell("messages");
}

/** The stream was cut and tells now what was missed; what was asked for in vain is asked for again. */
function back() {
  refreshSoon();
  if (state.openKey) readMessages(state.openKey).catch(() => {}); // cut again: there will be another time
}

/** The sandbox was started anew, or has forgotten what the page missed: read everything, and stay where one was. */
async function startOver() {
  const { id, first_name: name, language_code: speaks } = state.me;
  state.users = (await call("GET", "/api/users")).users;
  const same = state.users.find((user) => user.id === id && user.first_name === name);
  if (!same) return become(await call("POST", "/api/users", { name, language: speaks }));
  const cursor = await refreshChats();
  if (openChat()) await readMessages(state.openKey);
  else if (state.openKey) await open(null);
  return follow(cursor, { take, back, startOver });
}

function take(event) {
  if (event.type === "action") return takeAction(event);
  if (["message", "edited", "reaction", "deleted"].includes(event.type)) takeMessage(event);
  else refreshSoon();
}

function takeMessage(event) {
  const chat = state.chats.find((each) => each.key === event.chat);
  if (!chat) return;
  const { message } = event;
  if (event.type === "message") {
    chat.last_message = message;
    chat.started = true;
    state.chats = [chat, ...state.chats.filter((each) => each !== chat)];
    state.actions.delete(event.chat);
    if (event.chat !== state.openKey && message.from.id !== state.me.id) {
      state.unread.set(event.chat, (state.unread.get(event.chat) ?? 0) + 1);
    }
  } else if (message && chat.last_message?.message_id === message.message_id) chat.last_message = message;
  merge(event);
  tell("chats");
}

function merge(event) {
  if (event.chat !== state.openKey || event.seq <= known) return;
  for (const reading of readings) reading.push(event);
  const id = event.message?.message_id ?? event.message_id;
  const others = state.messages.filter((each) => each.message_id !== id);
  if (event.type === "message") state.messages = [...others, event.message];
  else if (event.type === "deleted") state.messages = others;
  else state.messages = state.messages.map((each) => (each.message_id === id ? event.message : each));
  tell("messages");
  if (event.type === "message") tell("actions");
}

/** A chat action is seen for five seconds (Bot API, sendChatAction). */
function takeAction(event) {
  const entry = { action: event.action, bot: event.bot };
  state.actions.set(event.chat, entry);
  tell("actions");
  setTimeout(() => {
    if (state.actions.get(event.chat) === entry) state.actions.delete(event.chat);
    tell("actions");
  }, 5000);
}
