// The page that shows the wire: every call of every bot, as it happens.

import { call } from "./api.js";
import { missed, reached } from "./connection.js";
import { fill, h, icon } from "./dom.js";
import { attempt } from "./notices.js";
import { applyTheme } from "./theme.js";
import { troublePanel } from "./trouble.js";
import { language } from "./words.js";
import { w } from "./wirewords.js";

const view = { calls: [], version: null, text: "", method: "", bot: "", errors: false, polls: false, paused: false, opened: new Set() };
const rows = new Map();
const list = h("ol", { class: "calls", testid: "calls" });
const count = h("span", { class: "count", role: "status" });
const methods = h("select", { id: "method", onchange: (event) => set({ method: event.target.value }) });
const bots = h("select", { id: "bot", onchange: (event) => set({ bot: event.target.value }) });

function set(change) {
  Object.assign(view, change);
  draw();
}

function tick(id, label, checked, onchange) {
  const box = h("input", { type: "checkbox", id, testid: id, onchange: (event) => onchange(event.target.checked) });
  box.checked = checked;
  return h("label", { class: "tick", for: id }, box, label);
}

function choice(select, label) {
  return h("span", { class: "choice" }, h("label", { for: select.id }, label), select);
}

function frame() {
  const text = h("input", { type: "search", id: "text", placeholder: w("filter"), "aria-label": w("filter"), testid: "filter", oninput: (event) => set({ text: event.target.value.toLowerCase() }) });
  const pause = h("button", { type: "button", class: "plain", testid: "pause", onclick: () => { set({ paused: !view.paused }); pause.textContent = w(view.paused ? "resume" : "pause"); } }, w("pause"));
  const clear = h("button", { type: "button", class: "plain", testid: "clear", onclick: () => attempt(async () => take(await call("DELETE", "/api/wire"))) }, w("clear"));
  return [
    h("header", {}, h("a", { class: "icon-button", href: "/", "aria-label": w("back"), title: w("back") }, icon("back")), h("h1", {}, w("title")), count, pause, clear),
    h("div", { class: "filters" }, text, choice(methods, w("method")), choice(bots, w("bot")),
      tick("errors", w("errors"), view.errors, (errors) => set({ errors })), tick("polls", w("polls"), !view.polls, (hide) => set({ polls: !hide }))),
    troublePanel(),
    list,
  ];
}

function wanted(entry) {
  if (!view.polls && entry.method === "getUpdates" && !view.method && !entry.response?.result?.length && entry.status < 400) return false;
  if (view.method && entry.method !== view.method) return false;
  if (view.bot && entry.bot !== view.bot) return false;
  if (view.errors && entry.status < 400 && !entry.fault) return false;
  return !view.text || JSON.stringify([entry.method, entry.request, entry.response]).toLowerCase().includes(view.text);
}

function options(select, values, chosen) {
  if (select.options.length === values.length + 1) return;
  fill(select, ["", ...values].map((value) => h("option", { value, ...(value === chosen ? { selected: true } : {}) }, value || w("all"))));
}

function draw() {
  options(methods, [...new Set(view.calls.map((entry) => entry.method))].sort(), view.method);
  options(bots, [...new Set(view.calls.map((entry) => entry.bot))].sort(), view.bot);
  const shown = view.calls.filter(wanted).reverse();
  count.textContent = `${shown.length} ${w("calls")}`;
  fill(list, shown.length ? shown.slice(0, 400).map(row) : [h("li", { class: "none" }, w("none"))]);
}

/** A row is drawn once for each state of its call, so that an open one stays open. */
function row(entry) {
  const known = rows.get(entry.id);
  if (known?.status === entry.status) return known.element;
  const element = h("li", { testid: "call", "data-method": entry.method }, details(entry));
  rows.set(entry.id, { element, status: entry.status });
  return element;
}

function details(entry) {
  const at = new Date(entry.at * 1000);
  const kind = entry.status === 0 ? "waiting" : entry.status < 400 ? "fine" : "failed";
  const body = h("div", { class: "bodies" });
  const box = h("details", {},
    h("summary", {},
      h("time", {}, `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`),
      h("span", { class: `code ${kind}` }, entry.status ? String(entry.status) : w("open")),
      h("strong", {}, entry.method), entry.fault && h("span", { class: "fault" }, entry.fault),
      h("span", { class: "gist" }, gist(entry)), h("small", {}, `@${entry.bot}`),
      h("span", { class: "took" }, entry.status ? `${entry.milliseconds} ms` : "")), body);
  box.open = view.opened.has(entry.id);
  const show = () => fill(body, h("h3", {}, w("request")), json(unpacked(entry.request)), h("h3", {}, w("response")), json(entry.response));
  if (box.open) show();
  box.addEventListener("toggle", () => {
    if (box.open) { view.opened.add(entry.id); show(); } else view.opened.delete(entry.id);
  });
  return box;
}

function gist({ request, response }) {
  if (response?.description) return response.description;
  return request.text ?? request.caption ?? request.action ?? (Array.isArray(response?.result) ? `[${response.result.length}]` : "");
}

/** In a form, structures travel as JSON text; they read better as what they are. */
function unpacked(request) {
  const open = (value) => {
    try {
      return typeof value === "string" && /^[[{]/.test(value) ? JSON.parse(value) : value;
    } catch {
      return value;
    }
  };
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [name, open(value)]));
}

function json(value) {
  return h("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
}

function take(found) {
  view.calls = found.calls;
  view.version = found.version;
  if (!view.paused) draw();
}

function sleep(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

async function follow() {
  while (true) {
    try {
      take(await call("GET", view.version === null ? "/api/wire" : `/api/wire?version=${view.version}&wait=30`));
      reached();
      await sleep(120);
    } catch {
      view.version = null;
      rows.clear(); // another run of the sandbox numbers its calls from one again
      await sleep(missed());
    }
  }
}

document.documentElement.lang = language;
applyTheme();
fill(document.getElementById("wire"), frame());
follow();
