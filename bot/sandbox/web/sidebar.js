// The sidebar: the list of chats, and the person whom the page acts as.

import { avatar, fill, h, icon, iconButton } from "./dom.js";
import { newGroup, switchPerson } from "./dialogs.js";
import { attempt } from "./notices.js";
import { on, open, state } from "./store.js";
import { preview } from "./preview.js";
import { switchTheme } from "./theme.js";
import { clock, t } from "./words.js";

/** Draw the sidebar and keep it up to date. */
export function startSidebar(root) {
  const person = h("button", { type: "button", class: "me", testid: "me", onclick: switchPerson });
  const list = h("ul", { class: "chats", testid: "chats", "aria-label": t("chats") });
  root.setAttribute("aria-label", t("chats"));
  fill(
    root,
    h(
      "header",
      { class: "side-head" },
      h("img", { src: "/web/favicon.svg", alt: "", class: "logo" }),
      h("h1", {}, "Vitrage"),
      iconButton("plus", t("newGroup"), newGroup, { "data-testid": "new-group" }),
      iconButton("moon", t("theme"), switchTheme, { "data-testid": "theme" }),
      h("a", { class: "icon-button", href: "/wire", "aria-label": t("callLog"), title: t("callLog") }, icon("arrows")),
    ),
    list,
    person,
  );
  on("chats", () => {
    fill(list, state.chats.map(entry));
    drawPerson(person);
  });
}

function drawPerson(button) {
  if (!state.me) return;
  button.setAttribute("aria-label", `${t("switchPerson")}: ${state.me.first_name}`);
  fill(
    button,
    avatar(state.me.id, state.me.first_name, true),
    h("span", { class: "who" }, h("small", {}, t("you")), h("strong", { testid: "me-name" }, state.me.first_name)),
    icon("people"),
  );
}

function entry(chat) {
  const unread = state.unread.get(chat.key);
  const last = chat.last_message;
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: "chat-entry",
        testid: "chat",
        "data-key": chat.key,
        "aria-current": chat.key === state.openKey && "true",
        onclick: () => attempt(() => open(chat.key)),
      },
      avatar(chat.bot?.id ?? chat.id, chat.title),
      h(
        "span",
        { class: "chat-lines" },
        h(
          "span",
          { class: "chat-line" },
          h("strong", { class: "chat-title" }, chat.title),
          chat.is_forum && icon("topic"),
          h("time", {}, last ? clock(last.date) : ""),
        ),
        h(
          "span",
          { class: "chat-line" },
          h("span", { class: "chat-last" }, last ? preview(last, chat) : chat.bot ? t("bot") : ""),
          unread && h("span", { class: "badge", "aria-label": `${unread} ${t("unread")}` }, String(unread)),
        ),
      ),
    ),
  );
}
