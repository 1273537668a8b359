// The panel of the call log page that switches faults and flood limits on and off.

import { call } from "./api.js";
import { t } from "./calls_words.js";
import { fill, h } from "./dom.js";
import { attempt } from "./notices.js";

const KINDS = ["flood", "error", "delay", "timeout", "drop"];

function input(id, label, type, value, props = {}) {
  const element = h("input", { type, id, value, testid: id, ...props });
  return { element, row: h("div", { class: "field" }, h("label", { for: id }, label), element) };
}

/** Build the panel: the faults that are on, and a form that adds one. */
export function faultPanel() {
  const list = h("ul", { class: "faults", testid: "faults" });
  const draw = ({ faults }) =>
    fill(
      list,
      faults.map((fault) =>
        h(
          "li",
          {},
          describe(fault),
          h(
            "button",
            {
              type: "button",
              class: "plain",
              onclick: () => attempt(async () => draw(await call("DELETE", `/api/faults/${fault.id}`))),
            },
            t("off"),
          ),
        ),
      ),
    );
  attempt(async () => draw(await call("GET", "/api/faults")));
  return h(
    "details",
    { class: "fault-panel", testid: "fault-panel" },
    h("summary", {}, t("faults")),
    limitsSwitch(),
    form(draw),
    list,
  );
}

function describe(fault) {
  const where = fault.method || t("anyMethod");
  const what = fault.kind === "error" ? `${fault.kind} ${fault.status}` : `${fault.kind} ${fault.seconds} s`;
  return h("span", {}, `${what} · ${where} · ${fault.times ? `${fault.hits}/${fault.times}` : "∞"}`);
}

function limitsSwitch() {
  const box = h("input", {
    type: "checkbox",
    id: "limits",
    testid: "limits",
    onchange: () => attempt(() => call("PATCH", "/api/settings", { limits: box.checked })),
  });
  attempt(async () => {
    box.checked = (await call("GET", "/api/settings")).limits;
  });
  return h("label", { class: "check-option", for: "limits" }, box, t("limits"));
}

function form(draw) {
  const kind = h(
    "select",
    { id: "kind", testid: "kind" },
    KINDS.map((value) => h("option", { value }, value)),
  );
  const method = input("fault-method", t("method"), "text", "", { placeholder: t("anyMethod") });
  const times = input("times", t("times"), "number", "1", { min: "0" });
  const seconds = input("seconds", t("seconds"), "number", "3", { min: "0", step: "0.05" });
  const mostSeconds = input("most-seconds", t("mostSeconds"), "number", "0", { min: "0", step: "0.05" });
  const percent = input("percent", t("percent"), "number", "100", { min: "1", max: "100" });
  const status = input("code", t("code"), "number", "500", { min: "400", max: "599" });
  const submit = async () => {
    await call("POST", "/api/faults", {
      kind: kind.value,
      method: method.element.value.trim(),
      times: Number(times.element.value),
      seconds: Number(seconds.element.value),
      most_seconds: Number(mostSeconds.element.value),
      rate: Number(percent.element.value) / 100,
      status: Number(status.element.value),
    });
    draw(await call("GET", "/api/faults"));
  };
  return h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        attempt(submit);
      },
    },
    h("div", { class: "field" }, h("label", { for: "kind" }, t("kind")), kind),
    method.row,
    times.row,
    seconds.row,
    mostSeconds.row,
    percent.row,
    status.row,
    h("button", { type: "submit", class: "primary", testid: "add-fault" }, t("addFault")),
  );
}
