// Short notices, dialogs and menus.

import { fill, h } from "./dom.js";
import { t } from "./words.js";

/** Show a notice for four seconds. The same text is shown once: a new notice replaces the old one. */
export function toast(text) {
  for (const old of document.querySelectorAll(".toast")) if (old.textContent === text) old.remove();
  const line = h("div", { class: "toast", testid: "toast" }, text);
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), 4000);
}

/** Run an action and return its result; if it throws, show the message as a notice and return undefined. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message);
    return undefined;
  }
}

/** Open a modal dialog with a heading. `build(close)` returns its content; the promise resolves when it is closed. */
export function dialog(title, build, testid = "dialog") {
  const box = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title", testid });
  const close = () => box.close();
  fill(box, h("h2", { id: "dialog-title" }, title), build(close));
  box.addEventListener("click", (event) => event.target === box && close());
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      box.remove();
      resolve();
    });
  });
}

/** The alert of a bot that answers a callback query with show_alert. */
export function alertBox(text) {
  const ok = (close) =>
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "primary", onclick: close, autofocus: true }, "OK"),
    );
  return dialog(
    t("bot").replace(/^./, (letter) => letter.toUpperCase()),
    (close) => [h("p", { testid: "alert-text" }, text), ok(close)],
    "alert",
  );
}

/** Open a menu at a button. Entries are [icon node, label, action]; falsy entries are left out. */
export function menu(anchor, entries) {
  const box = h("dialog", { class: "menu", testid: "menu", "aria-label": t("more") });
  const item = ([picture, label, action]) =>
    h(
      "button",
      {
        type: "button",
        onclick: () => {
          box.close();
          action();
        },
      },
      picture,
      h("span", {}, label),
    );
  fill(box, entries.filter(Boolean).map(item));
  document.body.append(box);
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.addEventListener("close", () => box.remove());
  box.showModal();
  const at = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  box.style.top = `${at.bottom + height + 8 > innerHeight ? Math.max(8, at.top - height - 4) : at.bottom + 4}px`;
}
