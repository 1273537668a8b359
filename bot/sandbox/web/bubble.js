// One message, or one album, as the conversation shows it.

import { call, chatPath } from "./api.js";
import { avatar, h, iconButton } from "./dom.js";
import { inlineKeyboard } from "./buttons.js";
import { mediaOf } from "./media.js";
import { messageMenu } from "./actions.js";
import { attempt } from "./notices.js";
import { preview, senderName, serviceText } from "./preview.js";
import { richText } from "./richtext.js";
import { state } from "./store.js";
import { clock, t } from "./words.js";

/**
 * The element of a block of messages: one message, or all that share a media_group_id. `hooks` are the conversation's
 * functions reply(message), edit(message), jump(messageId) and command(text).
 */
export function bubble(block, chat, hooks) {
  const [first] = block;
  const service = serviceText(first);
  if (service) return h("p", { class: "service", testid: "service" }, service);
  const mine = first.author_id === state.me.id;
  const group = chat.type !== "private";
  const sender = first.sender_chat ?? first.from;
  const body = h(
    "div",
    { class: first.sticker ? "bubble bare" : "bubble" },
    (group && !mine) || first.sender_chat
      ? h("span", { class: `sender name-tone-${Math.abs(sender.id) % 6}`, testid: "sender" }, senderName(first))
      : null,
    quote(first, chat, hooks),
    ...content(block, hooks),
    foot(block),
  );
  const more = iconButton("more", t("more"), (event) => messageMenu(event.currentTarget, first, mine, hooks), {
    class: "icon-button tool",
  });
  const answer = iconButton("reply", t("reply"), () => hooks.reply(first), {
    class: "icon-button tool",
    "data-testid": "reply",
  });
  const tools = h("div", { class: "tools" }, answer, more);
  return h(
    "article",
    {
      class: `message ${mine ? "mine" : "theirs"}${block.length > 1 ? " album" : ""}`,
      testid: "message",
      "data-id": first.message_id,
      "data-from": first.by_bot ? "bot" : "person",
    },
    group && !mine && avatar(sender.id, senderName(first), true),
    h("div", { class: "stack" }, body, reactions(first, chat), inlineKeyboard(first, chat)),
    tools,
  );
}

function quote(message, chat, hooks) {
  const target = message.reply_to_message;
  if (!target || target.forum_topic_created) return null;
  return h(
    "button",
    { type: "button", class: "quote", testid: "quote", onclick: () => hooks.jump(target.message_id) },
    h("strong", {}, senderName(target)),
    h("span", {}, message.quote?.text ?? preview(target)),
  );
}

/** Media and text, in the order that show_caption_above_media asks for. */
function content(block, hooks) {
  const captioned = block.find((message) => message.caption) ?? block[0];
  const words = captioned.text ?? captioned.caption;
  const text =
    words &&
    h(
      "div",
      { class: "text", testid: "text", dir: "auto" },
      richText(words, captioned.entities ?? captioned.caption_entities, hooks.command),
    );
  const media = block.map(mediaOf).filter(Boolean);
  const shown =
    media.length > 1 && (block[0].photo || block[0].video)
      ? [h("div", { class: `grid n${Math.min(media.length, 10)}`, testid: "album" }, media)]
      : media;
  if (shown.length === 0) return [text];
  return captioned.show_caption_above_media ? [text, ...shown] : [...shown, text];
}

function foot(block) {
  const edited = block.some((message) => message.edit_date);
  return h(
    "span",
    { class: "foot" },
    edited && h("span", { testid: "edited" }, t("edited")),
    h("time", {}, clock(block[0].date)),
  );
}

function reactions(message, chat) {
  if (!message.reactions.length) return null;
  const counts = new Map();
  for (const { emoji, user_id: user } of message.reactions) counts.set(emoji, [...(counts.get(emoji) ?? []), user]);
  const chip = ([emoji, users]) => {
    const mine = users.includes(state.me.id);
    const path = `${chatPath(chat.key)}/messages/${message.message_id}/reactions`;
    const toggle = () => attempt(() => call("POST", path, { user: state.me.id, emoji: mine ? [] : [emoji] }));
    return h(
      "button",
      { type: "button", class: "reaction", testid: "reaction", "aria-pressed": String(mine), onclick: toggle },
      emoji,
      h("span", {}, String(users.length)),
    );
  };
  return h("div", { class: "reactions" }, [...counts].map(chip));
}
