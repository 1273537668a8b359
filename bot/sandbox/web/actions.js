// The menu of a message: reply, react, copy, edit, make older, delete.

import { call, chatPath } from "./api.js";
import { h, icon } from "./dom.js";
import { attempt, menu, toast } from "./notices.js";
import { state } from "./store.js";
import { t } from "./words.js";

const REACTIONS = ["👍", "👎", "❤", "🔥", "🎉", "🤩", "😱", "👀", "🤔", "🙏"];

/** Open the menu of a message at a button; `hooks.reply` and `hooks.edit` start the composer. */
export function messageMenu(anchor, message, mine, hooks) {
  const text = message.text ?? message.caption;
  const path = `${chatPath(message.chat_key)}/messages/${message.message_id}`;
  menu(anchor, [
    [icon("reply"), t("reply"), () => hooks.reply(message)],
    [icon("smile"), t("react"), () => reactionMenu(anchor, path)],
    text && [
      icon("copy"),
      t("copy"),
      () =>
        attempt(async () => {
          await navigator.clipboard.writeText(text);
          toast(t("copied"));
        }),
    ],
    mine && text && [icon("edit"), t("edit"), () => hooks.edit(message)],
    message.by_bot && [
      icon("clock"),
      t("makeOlder"),
      () =>
        attempt(async () => {
          await call("POST", `${path}/age`, {});
          toast(t("older"));
        }),
    ],
    [icon("trash"), t("remove"), () => attempt(() => call("DELETE", `${path}?user=${state.me.id}`))],
  ]);
}

function reactionMenu(anchor, path) {
  const react = (emoji) => attempt(() => call("POST", `${path}/reactions`, { user: state.me.id, emoji: [emoji] }));
  menu(
    anchor,
    REACTIONS.map((emoji) => [h("span", { class: "emoji" }, emoji), "", () => react(emoji)]),
  );
}
