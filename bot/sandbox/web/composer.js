// The composer: text, attachments, commands, and the message that is replied to or edited.

import { call, chatPath } from "./api.js";
import { startAttachments } from "./attachments.js";
import { startCompletion } from "./completion.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { attempt } from "./notices.js";
import { preview, senderName } from "./preview.js";
import { startSendAs } from "./send_as.js";
import { openChat, state } from "./store.js";
import { t } from "./words.js";

let sending = Promise.resolve(); // the last request; the next one waits for it, so that messages arrive in order

/** Build the composer in `root`; files can be dropped anywhere on `conversation`. Returns its public functions. */
export function startComposer(root, conversation) {
  const field = h("textarea", {
    rows: "1",
    placeholder: t("write"),
    "aria-label": t("write"),
    testid: "field",
    enterkeyhint: "send",
    dir: "auto",
  });
  const context = h("div", { class: "context", hidden: true, testid: "context" });
  const blocked = h("div", { class: "blocked", hidden: true });
  const send = iconButton("send", t("send"), () => submit(composer), {
    class: "icon-button send",
    "data-testid": "send",
  });
  const composer = { field, context, blocked, send, answered: null, edited: null };
  composer.attachments = startAttachments(conversation, field, () => refresh(composer));
  const sendCommand = (command) => runCommand(composer, command);
  composer.completion = startCompletion(field, sendCommand);
  composer.sendAs = startSendAs();
  const row = h("div", { class: "row" }, composer.attachments.button, composer.completion.button, field, send);
  fill(root, composer.attachments.samples, composer.completion.list, context, composer.attachments.tray);
  root.append(composer.sendAs.element, row, blocked);
  composer.row = row;
  field.addEventListener("input", () => refresh(composer));
  field.addEventListener("keydown", (event) => onKey(composer, event));
  return {
    refresh: () => refresh(composer),
    reset: () => reset(composer),
    command: sendCommand,
    reply: (message) => start(composer, "answered", message),
    edit: (message) => start(composer, "edited", message),
  };
}

function onKey(composer, event) {
  if (composer.completion.onKey(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit(composer);
  } else if (event.key === "Escape") clearContext(composer);
}

/** Begin to reply to a message (role "answered") or to edit it (role "edited"). */
function start(composer, role, message) {
  Object.assign(composer, { answered: null, edited: null, [role]: message });
  if (role === "edited") composer.field.value = message.text ?? message.caption ?? "";
  const title = role === "edited" ? t("editing") : senderName(message);
  fill(
    composer.context,
    icon(role === "edited" ? "edit" : "reply"),
    h("span", { class: "context-lines" }, h("strong", {}, title), h("span", {}, preview(message))),
    iconButton("close", t("cancel"), () => clearContext(composer)),
  );
  composer.context.hidden = false;
  refresh(composer);
  composer.field.focus();
}

function clearContext(composer) {
  if (composer.edited) composer.field.value = "";
  Object.assign(composer, { answered: null, edited: null });
  composer.context.hidden = true;
  refresh(composer);
}

function reset(composer) {
  composer.field.value = "";
  composer.attachments.clear();
  clearContext(composer);
  if (matchMedia("(min-width: 720px)").matches) composer.field.focus();
}

/** The reason why nothing can be sent to this chat, or "". */
function obstacle(chat) {
  if (chat?.blocked) return t("blockedText");
  if (chat?.migrated_to) return t("movedOn");
  return chat?.topics.find((topic) => topic.id === state.topic)?.closed ? t("closedTopic") : "";
}

function refresh(composer) {
  const { field } = composer;
  const chat = openChat();
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
  composer.send.disabled = !field.value.trim() && composer.attachments.files().length === 0;
  composer.completion.refresh(chat?.commands ?? [], chat?.type === "private");
  const reason = obstacle(chat);
  composer.blocked.textContent = reason;
  composer.blocked.hidden = !reason;
  composer.row.hidden = Boolean(reason);
  composer.sendAs.refresh(reason ? undefined : chat);
  composer.attachments.samples.hidden = Boolean(reason) || state.samples.length === 0;
}

/** Send the draft. The composer is emptied at once, for the next message; if sending fails, the draft returns. */
async function submit(composer) {
  const { field, attachments, answered, edited } = composer;
  const draft = {
    text: field.value.trim(),
    files: attachments.files(),
    form: attachments.form(),
    sendAs: composer.sendAs.chosen(),
    answered,
    edited,
    key: state.openKey,
    topic: state.topic,
  };
  if (!draft.text && draft.files.length === 0) return;
  field.value = "";
  attachments.clear();
  clearContext(composer);
  field.focus();
  sending = sending.then(() => attempt(() => (edited ? sendEdit(draft) : sendNew(draft))));
  if (!(await sending) && !field.value && attachments.files().length === 0) {
    field.value = draft.text;
    attachments.add(draft.files);
    refresh(composer);
  }
}

function sendEdit({ edited, text }) {
  return call("PATCH", `${chatPath(edited.chat_key)}/messages/${edited.message_id}`, { user: state.me.id, text });
}

function sendNew({ answered, files, form: kind, sendAs, text, key, topic }) {
  const form = new FormData();
  form.set("user", state.me.id);
  form.set("text", text);
  form.set("form", kind);
  form.set("send_as", sendAs);
  if (answered) form.set("reply_to", answered.message_id);
  if (topic !== null) form.set("topic", topic);
  for (const file of files) form.append("files", file, file.name);
  return call("POST", `${chatPath(key)}/messages`, form);
}

/** Send a command that was clicked or chosen from the list. */
async function runCommand(composer, command) {
  composer.field.value = "";
  refresh(composer);
  const body = { user: state.me.id, text: command, topic: state.topic, send_as: composer.sendAs.chosen() };
  await attempt(() => call("POST", `${chatPath(state.openKey)}/messages`, body));
}
