// Inline keyboards: buttons that send a callback query, open a URL or copy a text.

import { call, chatPath } from "./api.js";
import { h } from "./dom.js";
import { alertBox, attempt, toast } from "./notices.js";
import { state } from "./store.js";
import { t } from "./words.js";

const SAFE_SCHEMES = /^(https?|tg):/i;

/** The keyboard under a message, or null. */
export function inlineKeyboard(message, chat) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return h(
    "div",
    { class: "keyboard", testid: "keyboard" },
    rows.map((row) =>
      h(
        "div",
        { class: "keyboard-row" },
        row.map((button) => key(button, message, chat)),
      ),
    ),
  );
}

function key(button, message, chat) {
  const props = { class: `key ${button.style ?? ""}`, testid: "key" };
  if (button.url && SAFE_SCHEMES.test(button.url)) {
    return h("a", { ...props, href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text);
  }
  if (button.copy_text) {
    return h("button", { ...props, type: "button", onclick: () => copy(button.copy_text.text) }, button.text);
  }
  if (!button.callback_data) return h("button", { ...props, type: "button", disabled: true }, button.text);
  const element = h(
    "button",
    { ...props, type: "button", onclick: () => press(element, button, message, chat) },
    button.text,
  );
  return element;
}

async function copy(text) {
  await attempt(() => navigator.clipboard.writeText(text));
  toast(t("copied"));
}

/** Press a button: mark it busy until the bot answers the callback query, then show the answer. */
async function press(element, button, message, chat) {
  if (element.getAttribute("aria-busy")) return;
  element.setAttribute("aria-busy", "true");
  const path = `${chatPath(chat.key)}/messages/${message.message_id}/press`;
  const answer = await attempt(() => call("POST", path, { user: state.me.id, button: button.callback_data }));
  element.removeAttribute("aria-busy");
  if (!answer) return;
  if (!answer.answered) toast(t("pressed"));
  else if (answer.text && answer.alert) await alertBox(answer.text);
  else if (answer.text) toast(answer.text);
  if (SAFE_SCHEMES.test(answer.url)) window.open(answer.url, "_blank", "noopener");
}
