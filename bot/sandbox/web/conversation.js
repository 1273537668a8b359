// The open chat: its header, its messages, and the composer.

import { avatar, fill, h, iconButton } from "./dom.js";
import { bubble } from "./bubble.js";
import { startComposer } from "./composer.js";
import { chatInfo } from "./dialogs.js";
import { on, open, openChat, state } from "./store.js";
import { topicBar } from "./topicbar.js";
import { day, t } from "./words.js";

const NEAR_END = 120; // pixels; a view that is scrolled this close to the end follows new messages

/** Draw the conversation and keep it up to date. */
export function startConversation(root) {
  const head = h("header", { class: "chat-head" });
  const topics = h("div", { class: "topics" });
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", testid: "log" });
  const empty = h("div", { class: "empty", testid: "empty" });
  const foot = h("footer", { class: "composer", testid: "composer" });
  const composer = startComposer(foot, root);
  const view = {
    root,
    head,
    topics,
    log,
    drawn: new Map(),
    hooks: { reply: composer.reply, edit: composer.edit, command: composer.command, jump: (id) => jump(log, id) },
  };
  fill(root, head, topics, log, empty, foot);
  on("chats", () => {
    drawHead(view);
    drawEmpty(empty, root);
    composer.refresh();
  });
  on("actions", () => drawHead(view));
  keepEnd(log);
  on("open", () => {
    view.drawn.clear();
    fill(log);
    composer.reset();
  });
  on("messages", () => drawMessages(view));
}

function drawHead({ root, head, topics }) {
  const chat = openChat();
  root.classList.toggle("idle", !chat);
  if (!chat) return fill(head);
  const action = state.actions.get(chat.key);
  const status = action
    ? `${chat.type === "private" ? "" : `${action.bot.first_name} `}${t(action.action)}…`
    : chat.type === "private"
      ? `@${chat.bot.username} · ${t("bot")}`
      : `${chat.members.length} · ${chat.members.map((each) => each.first_name).join(", ")}`;
  fill(
    head,
    iconButton("back", t("back"), () => open(null), { class: "icon-button back", "data-testid": "back" }),
    avatar(chat.bot?.id ?? chat.id, chat.title),
    h(
      "div",
      { class: "head-lines" },
      h("h2", { testid: "chat-name" }, chat.title),
      h("p", { class: action ? "status active" : "status", testid: "status", "aria-live": "polite" }, status),
    ),
    iconButton("more", t("groupInfo"), () => chatInfo(chat.key), { "data-testid": "chat-info" }),
  );
  return topicBar(topics, chat);
}

/** What stands in place of a chat while none is open. */
function drawEmpty(empty, root) {
  const chat = openChat();
  const waiting = state.chats.length === 0;
  empty.hidden = Boolean(chat);
  if (chat) return;
  fill(
    empty,
    h("img", { src: "/web/favicon.svg", alt: "", class: "logo" }),
    h("h2", {}, t(waiting ? "waitingTitle" : "pickTitle")),
    h("p", {}, t(waiting ? "waitingText" : "pickText")),
    waiting && h("code", {}, `${location.origin}/bot`),
  );
  root.dataset.waiting = String(waiting);
}

/** Keep a view that is scrolled to the end there when the composer grows or the window shrinks. */
function keepEnd(log) {
  let atEnd = true;
  let height = 0;
  log.addEventListener("scroll", () => {
    // after a resize the observer below scrolls first; only then is the position meaningful again
    if (log.clientHeight === height) atEnd = log.scrollHeight - log.scrollTop - height < NEAR_END;
  });
  new ResizeObserver(() => {
    height = log.clientHeight;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }).observe(log);
}

/** The messages of the open topic as blocks by key: an album is one block, any other message is a block of its own. */
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

/** Draw again only the blocks that changed, so that pictures do not flicker and the focus stays where it is. */
function drawMessages(view) {
  const { log, drawn, hooks } = view;
  const chat = openChat();
  if (!chat) return fill(log);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END || drawn.size === 0;
  const shown = blocks();
  const nodes = [];
  let lastDay = "";
  for (const [key, block] of shown) {
    const date = day(block[0].date);
    if (date !== lastDay) nodes.push(dayLine(view, date));
    lastDay = date;
    nodes.push(node(view, key, block, chat, hooks));
  }
  if (nodes.length === 0) nodes.push(greeting(chat, hooks));
  for (const key of drawn.keys()) if (!shown.has(key) && !key.startsWith("d")) drawn.delete(key);
  place(log, nodes);
  if (atEnd) scrollToEnd(log);
  return undefined;
}

function dayLine({ drawn }, date) {
  if (!drawn.has(`d${date}`)) drawn.set(`d${date}`, { element: h("p", { class: "day" }, h("span", {}, date)) });
  return drawn.get(`d${date}`).element;
}

/** The element of a block: the one that is drawn already, unless the block changed. */
function node({ drawn }, key, block, chat, hooks) {
  const signature = JSON.stringify(block);
  const known = drawn.get(key);
  if (known?.signature === signature) return known.element;
  const element = bubble(block, chat, hooks);
  drawn.set(key, { element, signature });
  return element;
}

/** Make the nodes the children of the log, without moving those that are in place already. */
function place(log, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...log.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((each, index) => {
    if (log.children[index] !== each) log.insertBefore(each, log.children[index] ?? null);
  });
}

/** Scroll to the end, and again when a picture that is still loading gets its height. */
function scrollToEnd(log) {
  log.scrollTop = log.scrollHeight;
  for (const picture of log.querySelectorAll("img")) {
    if (!picture.complete)
      picture.addEventListener(
        "load",
        () => {
          log.scrollTop = log.scrollHeight;
        },
        { once: true },
      );
  }
}

function greeting(chat, hooks) {
  return h(
    "div",
    { class: "greeting", testid: "greeting" },
    avatar(chat.bot?.id ?? chat.id, chat.title),
    h("h3", {}, chat.title),
    chat.description && h("p", {}, chat.description),
    chat.bot &&
      h(
        "button",
        { type: "button", class: "primary", testid: "start", onclick: () => hooks.command("/start") },
        t("start"),
      ),
  );
}

/** Scroll to a message and outline it for a moment. */
function jump(log, id) {
  const target = log.querySelector(`[data-id="${id}"]`);
  if (!target) return;
  target.scrollIntoView({ block: "center", behavior: "smooth" });
  target.classList.add("found");
  setTimeout(() => target.classList.remove("found"), 1600);
}
