// The open chat: its head, its messages, and the place to write.

import { avatar, fill, h, iconButton } from "./dom.js";
import { bubble } from "./bubble.js";
import { startComposer } from "./composer.js";
import { chatInfo } from "./dialogs.js";
import { on, open, openChat, state } from "./store.js";
import { topicBar } from "./topicbar.js";
import { day, t } from "./words.js";

const NEAR = 120; // pixels from the end within which new messages pull the view along

/** Draw the conversation and keep it up to date. */
export function startConversation(root) {
  const head = h("header", { class: "chat-head" });
  const topics = h("div", { class: "topics" });
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", testid: "log" });
  const empty = h("div", { class: "empty", testid: "empty" });
  const foot = h("footer", { class: "composer", testid: "composer" });
  const composer = startComposer(foot, root);
  const view = { root, head, topics, log, drawn: new Map(), hooks: { reply: composer.reply, edit: composer.edit, command: composer.command, jump: (id) => jump(log, id) } };
  fill(root, head, topics, log, empty, foot);
  on("chats", () => { drawHead(view); drawEmpty(empty, root); composer.refresh(); });
  on("actions", () => drawHead(view));
  keepEnd(log);
  on("open", () => { view.drawn.clear(); fill(log); composer.reset(); });
  on("messages", () => drawMessages(view));
}

function drawHead({ root, head, topics }) {
  const chat = openChat();
  root.classList.toggle("idle", !chat);
  if (!chat) return fill(head);
  const action = state.actions.get(chat.key);
  const status = action
    ? `${chat.type === "private" ? "" : `${action.bot.first_name} `}${t(action.action)}…`
    : chat.type === "private" ? `@${chat.bot.username} · ${t("bot")}` : `${chat.members.length} · ${chat.members.map((each) => each.first_name).join(", ")}`;
  fill(head,
    iconButton("back", t("back"), () => open(null), { class: "icon-button back", "data-testid": "back" }),
    avatar(chat.bot?.id ?? chat.id, chat.title),
    h("div", { class: "head-lines" }, h("h2", { testid: "chat-name" }, chat.title),
      h("p", { class: action ? "status active" : "status", testid: "status", "aria-live": "polite" }, status)),
    iconButton("more", t("groupInfo"), () => chatInfo(chat.key), { "data-testid": "chat-info" }));
  return topicBar(topics, chat);
}

function drawEmpty(empty, root) {
  const chat = openChat();
  const waiting = state.chats.length === 0;
  empty.hidden = Boolean(chat);
  if (chat) return;
  fill(empty, h("img", { src: "/web/favicon.svg", alt: "", class: "rose" }),
    h("h2", {}, t(waiting ? "waitingTitle" : "pickTitle")), h("p", {}, t(waiting ? "waitingText" : "pickText")),
    waiting && h("code", {}, `${location.origin}/bot`));
  root.dataset.waiting = String(waiting);
}

/** A view at the end stays there when the composer grows or the window shrinks. */
function keepEnd(log) {
  let atEnd = true;
  let height = 0;
  log.addEventListener("scroll", () => {
    // a view that was just resized is judged after the observer has put it right
    if (log.clientHeight === height) atEnd = log.scrollHeight - log.scrollTop - height < NEAR;
  });
  new ResizeObserver(() => {
    height = log.clientHeight;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }).observe(log);
}

/** The messages of the open topic as blocks: an album is one block. */
function blocks() {
  const chat = openChat();
  const inTopic = (each) => (state.topic === null ? !each.is_topic_message : each.message_thread_id === state.topic);
  const shown = state.messages.filter((each) => !chat?.is_forum || inTopic(each));
  const found = new Map();
  for (const message of shown) {
    const key = message.media_group_id ? `a${message.media_group_id}` : `m${message.message_id}`;
    found.set(key, [...(found.get(key) ?? []), message]);
  }
  return found;
}

/** Only what changed is drawn anew, so that pictures do not flicker and focus stays where it is. */
function drawMessages(view) {
  const { log, drawn, hooks } = view;
  const chat = openChat();
  if (!chat) return fill(log);
  const stuck = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR || drawn.size === 0;
  const wanted = blocks();
  const nodes = [];
  let lastDay = "";
  for (const [key, block] of wanted) {
    const date = day(block[0].date);
    if (date !== lastDay) nodes.push(dayLine(view, date));
    lastDay = date;
    nodes.push(node(view, key, block, chat, hooks));
  }
  if (nodes.length === 0) nodes.push(greeting(chat, hooks));
  for (const key of drawn.keys()) if (!wanted.has(key) && !key.startsWith("d")) drawn.delete(key);
  place(log, nodes);
  if (stuck) settle(log);
  return undefined;
}

function dayLine({ drawn }, date) {
  if (!drawn.has(`d${date}`)) drawn.set(`d${date}`, { element: h("p", { class: "day" }, h("span", {}, date)) });
  return drawn.get(`d${date}`).element;
}

function node({ drawn }, key, block, chat, hooks) {
  const signature = JSON.stringify(block);
  const known = drawn.get(key);
  if (known?.signature === signature) return known.element;
  const element = bubble(block, chat, hooks);
  drawn.set(key, { element, signature });
  return element;
}

/** Put the nodes in order while moving as few as possible. */
function place(log, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...log.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((each, index) => {
    if (log.children[index] !== each) log.insertBefore(each, log.children[index] ?? null);
  });
}

function settle(log) {
  log.scrollTop = log.scrollHeight;
  for (const picture of log.querySelectorAll("img")) {
    if (!picture.complete) picture.addEventListener("load", () => { log.scrollTop = log.scrollHeight; }, { once: true });
  }
}

function greeting(chat, hooks) {
  return h("div", { class: "greeting", testid: "greeting" },
    avatar(chat.bot?.id ?? chat.id, chat.title),
    h("h3", {}, chat.title), chat.description && h("p", {}, chat.description),
    chat.bot && h("button", { type: "button", class: "primary", testid: "start", onclick: () => hooks.command("/start") }, t("start")));
}

function jump(log, id) {
  const target = log.querySelector(`[data-id="${id}"]`);
  if (!target) return;
  target.scrollIntoView({ block: "center", behavior: "smooth" });
  target.classList.add("found");
  setTimeout(() => target.classList.remove("found"), 1600);
}
