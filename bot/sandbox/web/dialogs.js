// Dialogs: who one is, new groups and topics, and what there is to know and do about a chat.

import { call, chatPath } from "./api.js";
import { avatar, fill, h, icon } from "./dom.js";
import { attempt, dialog } from "./notices.js";
import { become, open, refreshChats, refreshSoon, state } from "./store.js";
import { language, t } from "./words.js";

function field(label, name, value = "") {
  const input = h("input", { type: "text", id: `field-${name}`, maxlength: "64", required: true, value, testid: `field-${name}` });
  return { input, row: h("div", { class: "field" }, h("label", { for: `field-${name}` }, label), input) };
}

function check(label, name) {
  const input = h("input", { type: "checkbox", id: `check-${name}`, testid: `check-${name}` });
  return { input, row: h("label", { class: "check", for: `check-${name}` }, input, ...[label].flat()) };
}

function actions(close, label) {
  return h("div", { class: "actions" },
    h("button", { type: "button", onclick: close }, t("cancel")),
    h("button", { type: "submit", class: "primary", testid: "submit" }, label));
}

function form(onsubmit, ...children) {
  return h("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); attempt(onsubmit); } }, ...children);
}

/** Be somebody else, or somebody new. */
export async function switchPerson() {
  state.users = (await call("GET", "/api/users")).users;
  return dialog(t("switchPerson"), (close) => {
    const name = field(t("newPerson"), "name");
    const be = (user) => attempt(async () => { await become(user); close(); });
    return [
      h("ul", { class: "people" }, state.users.map((user) => h("li", {},
        h("button", { type: "button", testid: "person", "aria-current": user.id === state.me.id && "true", onclick: () => be(user) },
          avatar(user.id, user.first_name, true), h("span", {}, user.first_name), h("small", {}, `${user.language_code} · ${user.id}`))))),
      form(async () => be(await call("POST", "/api/users", { name: name.input.value.trim(), language })), name.row, actions(close, t("add"))),
    ];
  });
}

async function everybody() {
  state.users = (await call("GET", "/api/users")).users;
  const { bots } = await call("GET", "/api/bots");
  return [...bots, ...state.users];
}

function label(account) {
  return [avatar(account.id, account.first_name, true), h("span", {}, account.first_name), account.is_bot && h("small", {}, t("bot"))];
}

/** Make a group with people, bots and, if wished, topics. */
export async function newGroup() {
  const others = (await everybody()).filter((account) => account.id !== state.me.id);
  return dialog(t("newGroup"), (close) => {
    const title = field(t("title"), "title");
    const topics = check(t("topics"), "topics");
    const basic = check(t("basicGroup"), "basic");
    const boxes = others.map((account) => ({ account, ...check(label(account), `member-${account.id}`) }));
    topics.input.addEventListener("change", () => { if (topics.input.checked) basic.input.checked = false; });
    basic.input.addEventListener("change", () => { if (basic.input.checked) topics.input.checked = false; });
    const submit = async () => {
      const members = boxes.filter((each) => each.input.checked).map((each) => each.account.id);
      const body = { user: state.me.id, title: title.input.value.trim(), forum: topics.input.checked, members, type: basic.input.checked ? "group" : "supergroup" };
      const group = await call("POST", "/api/groups", body);
      close();
      await refreshChats();
      await open(group.key);
    };
    return form(submit, title.row, topics.row, basic.row, h("h3", {}, t("members")), h("div", { class: "people" }, boxes.map((each) => each.row)), actions(close, t("create")));
  });
}

/** Open a topic. */
export function newTopic(chat) {
  return dialog(t("newTopic"), (close) => {
    const name = field(t("title"), "topic");
    const submit = async () => {
      const topic = await call("POST", `${chatPath(chat.key)}/topics`, { user: state.me.id, name: name.input.value.trim() });
      close();
      await open(chat.key, topic.id);
    };
    return form(submit, name.row, actions(close, t("create")));
  });
}

/** Members and switches of a chat. */
export async function chatInfo(key) {
  const path = chatPath(key);
  const box = h("div", { class: "info" });
  const redraw = async () => {
    const chat = await call("GET", `${path}?user=${state.me.id}`);
    fill(box, ...(chat.type === "private" ? privateInfo(chat, act) : await groupInfo(chat, act)));
  };
  const act = (verb, suffix, body) => attempt(async () => {
    const result = await call(verb, path + suffix, { user: state.me.id, ...body });
    refreshSoon();
    if (suffix === "/migrate") await open(result.key);
    await redraw();
  });
  await redraw();
  return dialog(t("groupInfo"), (close) => [box, h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: close }, t("close")))]);
}

function privateInfo(chat, act) {
  return [
    h("p", { class: "about" }, avatar(chat.bot.id, chat.title), h("span", {}, h("strong", {}, chat.title), h("small", {}, `@${chat.bot.username} · ${chat.bot.id}`))),
    chat.description && h("p", {}, chat.description),
    h("button", { type: "button", class: "danger wide", testid: "block", onclick: () => act("POST", "/block", { blocked: !chat.blocked }) }, t(chat.blocked ? "unblock" : "block")),
  ].filter(Boolean);
}

async function groupInfo(chat, act) {
  const inside = new Set(chat.members.map((member) => member.id));
  const outside = (await everybody()).filter((account) => !inside.has(account.id));
  const set = (member, status) => act("POST", "/members", { member: member.id, status });
  const small = (words, action, kind = "") => h("button", { type: "button", class: `small ${kind}`, onclick: action }, words);
  const row = (member) => h("li", {}, ...label(member), h("small", { class: "role" }, { creator: t("creator"), administrator: t("admin") }[member.status] ?? ""),
    member.status === "member" && small(t("makeAdmin"), () => set(member, "administrator")),
    member.status === "administrator" && small(t("makeMember"), () => set(member, "member")),
    member.status !== "creator" && small(t("removeMember"), () => set(member, "kicked"), "danger"));
  const topic = state.topic !== null && chat.topics.find((each) => each.id === state.topic);
  return [
    h("h3", {}, `${t("members")} · ${chat.members.length}`), h("ul", { class: "people" }, chat.members.map(row)),
    outside.length ? h("h3", {}, t("addMember")) : "",
    h("ul", { class: "people" }, outside.map((account) => h("li", {}, ...label(account), small(t("add"), () => set(account, "member"))))),
    topic && h("button", { type: "button", class: "wide", onclick: () => act("PATCH", `/topics/${topic.id}`, { closed: !topic.closed }) }, t(topic.closed ? "reopenTopic" : "closeTopic")),
    chat.type === "group" && !chat.migrated_to && h("button", { type: "button", class: "wide", testid: "migrate", onclick: () => act("POST", "/migrate", {}) }, icon("people"), t("toSupergroup")),
  ].filter(Boolean);
}
