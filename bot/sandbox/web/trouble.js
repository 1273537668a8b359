// Faults and flood limits on the wire page.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { attempt } from "./notices.js";
import { w } from "./wirewords.js";

const KINDS = ["flood", "error", "delay", "timeout", "drop"];

function input(id, label, type, value, props = {}) {
  const element = h("input", { type, id, value, testid: id, ...props });
  return { element, row: h("div", { class: "field" }, h("label", { for: id }, label), element) };
}

/** The panel: what is on, and a form to switch more on. */
export function troublePanel() {
  const list = h("ul", { class: "faults", testid: "faults" });
  const show = ({ faults }) => fill(list, faults.map((fault) => h("li", {}, describe(fault),
    h("button", { type: "button", class: "plain", onclick: () => attempt(async () => show(await call("DELETE", `/api/faults/${fault.id}`))) }, w("off")))));
  attempt(async () => show(await call("GET", "/api/faults")));
  return h("details", { class: "trouble", testid: "trouble" }, h("summary", {}, w("trouble")), limits(), form(show), list);
}

function describe(fault) {
  const where = fault.method || w("anyMethod");
  const what = fault.kind === "error" ? `${fault.kind} ${fault.status}` : `${fault.kind} ${fault.seconds} s`;
  return h("span", {}, `${what} · ${where} · ${fault.times ? `${fault.hits}/${fault.times}` : "∞"}`);
}

function limits() {
  const box = h("input", { type: "checkbox", id: "limits", testid: "limits", onchange: () => attempt(() => call("PATCH", "/api/settings", { limits: box.checked })) });
  attempt(async () => { box.checked = (await call("GET", "/api/settings")).limits; });
  return h("label", { class: "tick", for: "limits" }, box, w("limits"));
}

function form(show) {
  const kind = h("select", { id: "kind", testid: "kind" }, KINDS.map((value) => h("option", { value }, value)));
  const method = input("fault-method", w("method"), "text", "", { placeholder: w("anyMethod") });
  const times = input("times", w("times"), "number", "1", { min: "0" });
  const seconds = input("seconds", w("seconds"), "number", "3", { min: "0", step: "0.5" });
  const status = input("code", w("code"), "number", "500", { min: "400", max: "599" });
  const submit = async () => {
    await call("POST", "/api/faults", {
      kind: kind.value, method: method.element.value.trim(), times: Number(times.element.value),
      seconds: Number(seconds.element.value), status: Number(status.element.value),
    });
    show(await call("GET", "/api/faults"));
  };
  return h("form", { onsubmit: (event) => { event.preventDefault(); attempt(submit); } },
    h("div", { class: "field" }, h("label", { for: "kind" }, w("kind")), kind), method.row, times.row, seconds.row, status.row,
    h("button", { type: "submit", class: "primary", testid: "add-fault" }, w("addFault")));
}
