// The call log page: every Bot API call of every bot, as it happens.

import { call } from "./api.js";
import { t } from "./calls_words.js";
import { reportConnected, reportLost } from "./connection.js";
import { fill, h, icon } from "./dom.js";
import { faultPanel } from "./faults.js";
import { attempt } from "./notices.js";
import { applyTheme } from "./theme.js";
import { language } from "./words.js";

const view = {
  calls: [],
  version: null,
  text: "",
  method: "",
  bot: "",
  errors: false,
  polls: false,
  paused: false,
  opened: new Set(),
};
const rows = new Map();
const list = h("ol", { class: "calls", testid: "calls" });
const count = h("span", { class: "count", role: "status" });
const methods = h("select", { id: "method", onchange: (event) => update({ method: event.target.value }) });
const bots = h("select", { id: "bot", onchange: (event) => update({ bot: event.target.value }) });

/** Change the filters and draw the list again. */
function update(change) {
  Object.assign(view, change);
  draw();
}

function checkOption(id, label, checked, onchange) {
  const box = h("input", { type: "checkbox", id, testid: id, onchange: (event) => onchange(event.target.checked) });
  box.checked = checked;
  return h("label", { class: "check-option", for: id }, box, label);
}

function selectOption(select, label) {
  return h("span", { class: "select-option" }, h("label", { for: select.id }, label), select);
}

function header() {
  const button = (id, onclick) => h("button", { type: "button", class: "plain", testid: id, onclick }, t(id));
  const pause = button("pause", () => {
    update({ paused: !view.paused });
    pause.textContent = t(view.paused ? "resume" : "pause");
  });
  const clear = button("clear", () => attempt(async () => receive(await call("DELETE", "/api/wire"))));
  const back = h("a", { class: "icon-button", href: "/", "aria-label": t("back"), title: t("back") }, icon("back"));
  return h("header", {}, back, h("h1", {}, t("title")), count, pause, clear);
}

function filters() {
  const text = h("input", {
    type: "search",
    id: "text",
    placeholder: t("filter"),
    "aria-label": t("filter"),
    testid: "filter",
    oninput: (event) => update({ text: event.target.value.toLowerCase() }),
  });
  return h(
    "div",
    { class: "filters" },
    text,
    selectOption(methods, t("method")),
    selectOption(bots, t("bot")),
    checkOption("errors", t("errors"), view.errors, (errors) => update({ errors })),
    checkOption("polls", t("polls"), !view.polls, (hide) => update({ polls: !hide })),
  );
}

/** Whether the filters let a call through. */
function passes(entry) {
  const emptyPoll = entry.method === "getUpdates" && entry.status < 400 && !entry.response?.result?.length;
  if (emptyPoll && !view.polls && !view.method) return false;
  if (view.method && entry.method !== view.method) return false;
  if (view.bot && entry.bot !== view.bot) return false;
  if (view.errors && entry.status < 400 && !entry.fault) return false;
  return !view.text || JSON.stringify([entry.method, entry.request, entry.response]).toLowerCase().includes(view.text);
}

/**
 * Offer the values that occur among the calls. While their number stays the same, the list is left alone: a new one would
 * close under the mouse.
 */
function offer(select, values, chosen) {
  if (select.options.length === values.length + 1) return;
  fill(
    select,
    ["", ...values].map((value) =>
      h("option", { value, ...(value === chosen ? { selected: true } : {}) }, value || t("all")),
    ),
  );
}

function draw() {
  offer(methods, [...new Set(view.calls.map((entry) => entry.method))].sort(), view.method);
  offer(bots, [...new Set(view.calls.map((entry) => entry.bot))].sort(), view.bot);
  const shown = view.calls.filter(passes).reverse();
  count.textContent = `${shown.length} ${t("calls")}`;
  fill(list, shown.length ? shown.slice(0, 400).map(row) : [h("li", { class: "none" }, t("none"))]);
}

/** A row is drawn again only when the status of its call changes, so that an open row stays open. */
function row(entry) {
  const known = rows.get(entry.id);
  if (known?.status === entry.status) return known.element;
  const element = h("li", { testid: "call", "data-method": entry.method }, details(entry));
  rows.set(entry.id, { element, status: entry.status });
  return element;
}

/** A line that summarizes a call, with request and response below it while it is open. */
function details(entry) {
  const body = h("div", { class: "bodies" });
  const box = h("details", {}, summaryLine(entry), body);
  box.open = view.opened.has(entry.id);
  const show = () => {
    const blocks = [h("h2", {}, t("request")), jsonBlock(parsed(entry.request))];
    fill(body, ...blocks, h("h2", {}, t("response")), jsonBlock(entry.response));
  };
  if (box.open) show();
  box.addEventListener("toggle", () => {
    if (box.open) {
      view.opened.add(entry.id);
      show();
    } else view.opened.delete(entry.id);
  });
  return box;
}

function summaryLine(entry) {
  const at = new Date(entry.at * 1000);
  const outcome = entry.status === 0 ? "waiting" : entry.status < 400 ? "fine" : "failed";
  return h(
    "summary",
    {},
    h("time", {}, `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`),
    h("span", { class: `code ${outcome}` }, entry.status ? String(entry.status) : t("open")),
    h("strong", {}, entry.method),
    entry.fault && h("span", { class: "fault" }, entry.fault),
    h("span", { class: "gist" }, gist(entry)),
    h("small", {}, `@${entry.bot}`),
    h("span", { class: "took" }, entry.status ? `${entry.milliseconds} ms` : ""),
  );
}

/** What a call was about: its error, the text that it sent, or the number of its results. */
function gist({ request, response }) {
  if (response?.description) return response.description;
  return (
    request.text ??
    request.caption ??
    request.action ??
    (Array.isArray(response?.result) ? `[${response.result.length}]` : "")
  );
}

/** A request as a form carries structures as JSON text; parse them, so that they are shown indented. */
function parsed(request) {
  const open = (value) => {
    try {
      return typeof value === "string" && /^[[{]/.test(value) ? JSON.parse(value) : value;
    } catch {
      return value;
    }
  };
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [name, open(value)]));
}

function jsonBlock(value) {
  return h("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
}

/** Show what the sandbox answered, unless the page is paused. */
function receive(found) {
  view.calls = found.calls;
  view.version = found.version;
  if (!view.paused) draw();
}

function sleep(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Ask for the newest calls again and again; the sandbox answers as soon as there are new ones, or after 30 seconds. */
async function follow() {
  while (true) {
    try {
      receive(await call("GET", view.version === null ? "/api/wire" : `/api/wire?version=${view.version}&wait=30`));
      reportConnected();
      await sleep(120);
    } catch {
      view.version = null;
      rows.clear(); // a restarted sandbox numbers its calls from one again
      await sleep(reportLost());
    }
  }
}

document.documentElement.lang = language;
applyTheme();
fill(document.getElementById("call-log"), header(), filters(), faultPanel(), list);
follow();
