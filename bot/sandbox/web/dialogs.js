// The dialogs: switch the person, make a group or a topic, and the information about a chat.

import { call, chatPath } from "./api.js";
import { avatar, fill, h, icon } from "./dom.js";
import { attempt, dialog } from "./notices.js";
import { actAs, open, refreshChats, refreshSoon, state } from "./store.js";
import { language, t } from "./words.js";

/** A text field with its label. */
function field(label, name, value = "") {
  const input = h("input", {
    type: "text",
    id: `field-${name}`,
    maxlength: "64",
    required: true,
    value,
    testid: `field-${name}`,
  });
  return { input, row: h("div", { class: "field" }, h("label", { for: `field-${name}` }, label), input) };
}

/** A check box; `label` is a text or a list of nodes. */
function check(label, name) {
  const input = h("input", { type: "checkbox", id: `check-${name}`, testid: `check-${name}` });
  return { input, row: h("label", { class: "check", for: `check-${name}` }, input, ...[label].flat()) };
}

function actions(close, label) {
  return h(
    "div",
    { class: "actions" },
    h("button", { type: "button", onclick: close }, t("cancel")),
    h("button", { type: "submit", class: "primary", testid: "submit" }, label),
  );
}

function form(onsubmit, ...children) {
  return h(
    "form",
    {
      method: "dialog",
      onsubmit: (event) => {
        event.preventDefault();
        attempt(onsubmit);
      },
    },
    ...children,
  );
}

/** Choose another person to act as, or add a new one. */
export async function switchPerson() {
  state.users = (await call("GET", "/api/users")).users;
  return dialog(t("switchPerson"), (close) => {
    const name = field(t("newPerson"), "name");
    const choose = (user) =>
      attempt(async () => {
        await actAs(user);
        close();
      });
    const person = (user) => {
      const current = user.id === state.me.id && "true";
      const known = [...accountLabel(user), h("small", {}, `${user.language_code} · ${user.id}`)];
      const props = { type: "button", testid: "person", "aria-current": current, onclick: () => choose(user) };
      return h("li", {}, h("button", props, known));
    };
    return [
      h("ul", { class: "people" }, state.users.map(person)),
      form(
        async () => choose(await call("POST", "/api/users", { name: name.input.value.trim(), language })),
        name.row,
        actions(close, t("add")),
      ),
    ];
  });
}

/** All bots and people of the sandbox. */
async function accounts() {
  state.users = (await call("GET", "/api/users")).users;
  const { bots } = await call("GET", "/api/bots");
  return [...bots, ...state.users];
}

/** Picture, name and kind of an account, as children of a row. */
function accountLabel(account) {
  return [
    avatar(account.id, account.first_name, true),
    h("span", {}, account.first_name),
    account.is_bot && h("small", {}, t("bot")),
  ];
}

/** Make a group of people and bots. Only a supergroup has topics, so the two check boxes exclude each other. */
export async function newGroup() {
  const others = (await accounts()).filter((account) => account.id !== state.me.id);
  return dialog(t("newGroup"), (close) => {
    const title = field(t("title"), "title");
    const topics = check(t("topics"), "topics");
    const basic = check(t("basicGroup"), "basic");
    const boxes = others.map((account) => ({ account, ...check(accountLabel(account), `member-${account.id}`) }));
    for (const [box, other] of [
      [topics.input, basic.input],
      [basic.input, topics.input],
    ])
      box.addEventListener("change", () => (other.checked &&= !box.checked));
    const submit = async () => {
      const members = boxes.filter((each) => each.input.checked).map((each) => each.account.id);
      const type = basic.input.checked ? "group" : "supergroup";
      const body = { user: state.me.id, title: title.input.value.trim(), forum: topics.input.checked, members, type };
      const group = await call("POST", "/api/groups", body);
      close();
      await refreshChats();
      await open(group.key);
    };
    return form(
      submit,
      title.row,
      topics.row,
      basic.row,
      h("h3", {}, t("members")),
      h("div", { class: "people" }, ...boxes.map((each) => each.row)),
      actions(close, t("create")),
    );
  });
}

/** Make a topic in a forum and open it. */
export function newTopic(chat) {
  return dialog(t("newTopic"), (close) => {
    const name = field(t("title"), "topic");
    const submit = async () => {
      const topic = await call("POST", `${chatPath(chat.key)}/topics`, {
        user: state.me.id,
        name: name.input.value.trim(),
      });
      close();
      await open(chat.key, topic.id);
    };
    return form(submit, name.row, actions(close, t("create")));
  });
}

/** Show a chat's members and what can be changed about it. */
export async function chatInfo(key) {
  const path = chatPath(key);
  const box = h("div", { class: "info" });
  const redraw = async () => {
    const chat = await call("GET", `${path}?user=${state.me.id}`);
    fill(box, ...(chat.type === "private" ? privateInfo(chat, act) : await groupInfo(chat, act)));
  };
  const act = (verb, suffix, body) =>
    attempt(async () => {
      const result = await call(verb, path + suffix, { user: state.me.id, ...body });
      refreshSoon();
      if (suffix === "/migrate") await open(result.key);
      await redraw();
    });
  await redraw();
  return dialog(t("groupInfo"), (close) => [
    box,
    h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: close }, t("close"))),
  ]);
}

function privateInfo(chat, act) {
  return [
    h(
      "p",
      { class: "about" },
      avatar(chat.bot.id, chat.title),
      h("span", {}, h("strong", {}, chat.title), h("small", {}, `@${chat.bot.username} · ${chat.bot.id}`)),
    ),
    chat.description && h("p", {}, chat.description),
    h(
      "button",
      {
        type: "button",
        class: "danger wide",
        testid: "block",
        onclick: () => act("POST", "/block", { blocked: !chat.blocked }),
      },
      t(chat.blocked ? "unblock" : "block"),
    ),
  ].filter(Boolean);
}

async function groupInfo(chat, act) {
  const inside = new Set(chat.members.map((member) => member.id));
  const outside = (await accounts()).filter((account) => !inside.has(account.id));
  const set = (member, status) => act("POST", "/members", { member: member.id, status });
  const small = (words, action, kind = "") =>
    h("button", { type: "button", class: `small ${kind}`, onclick: action }, words);
  const member = (account) =>
    h(
      "li",
      {},
      ...accountLabel(account),
      h("small", { class: "role" }, { creator: t("creator"), administrator: t("admin") }[account.status] ?? ""),
      account.status === "member" && small(t("makeAdmin"), () => set(account, "administrator")),
      account.status === "administrator" && small(t("makeMember"), () => set(account, "member")),
      account.status !== "creator" && small(t("removeMember"), () => set(account, "kicked"), "danger"),
    );
  const outsider = (account) =>
    h(
      "li",
      {},
      ...accountLabel(account),
      small(t("add"), () => set(account, "member")),
    );
  return [
    h("h3", {}, `${t("members")} · ${chat.members.length}`),
    h("ul", { class: "people" }, chat.members.map(member)),
    outside.length > 0 && h("h3", {}, t("addMember")),
    h("ul", { class: "people" }, outside.map(outsider)),
    ...groupActions(chat, act),
  ].filter(Boolean);
}

/** Close or reopen the open topic; make a basic group a supergroup. */
function groupActions(chat, act) {
  const wide = (props, ...children) => h("button", { type: "button", class: "wide", ...props }, ...children);
  const topic = state.topic !== null && chat.topics.find((each) => each.id === state.topic);
  const toggle = () => act("PATCH", `/topics/${topic.id}`, { closed: !topic.closed });
  const migrate = () => act("POST", "/migrate", {});
  return [
    topic && wide({ onclick: toggle }, t(topic.closed ? "reopenTopic" : "closeTopic")),
    chat.type === "group" &&
      !chat.migrated_to &&
      wide({ testid: "migrate", onclick: migrate }, icon("people"), t("toSupergroup")),
  ];
}
