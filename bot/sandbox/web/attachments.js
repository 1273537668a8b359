// The files of the draft: chosen, dropped, pasted, or taken from the samples.

import { fill, h, icon, iconButton } from "./dom.js";
import { attempt, toast } from "./notices.js";
import { on, openChat, state } from "./store.js";
import { size, t } from "./words.js";

const MOST_FILES = 10; // of one album
const FORMS = [
  ["media", "media"],
  ["spoiler", "asSpoiler"],
  ["file", "asFile"],
  ["sticker", "asSticker"],
];

/** Build the tray of files, the button and the samples; `changed` is called after every change of the files. */
export function startAttachments(conversation, field, changed) {
  const view = {
    tray: h("div", { class: "tray", hidden: true, testid: "tray" }),
    samples: h("div", { class: "samples", hidden: true, testid: "samples", role: "group", "aria-label": t("samples") }),
    items: [],
    form: "media",
    changed,
  };
  acceptDrops(conversation, view);
  field.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    add(view, event.clipboardData.files);
  });
  on("settings", () => offerSamples(view));
  return {
    tray: view.tray,
    button: fileButton(view, field),
    samples: view.samples,
    files: () => view.items.map((item) => item.file),
    form: () => view.form,
    clear: () => clear(view),
    add: (files) => add(view, files),
  };
}

/** The button that opens the browser's file dialog, with the hidden input that does it. */
function fileButton(view, field) {
  const hidden = { hidden: true, tabindex: "-1", "aria-hidden": "true" };
  const input = h("input", { type: "file", multiple: true, testid: "file-input", ...hidden });
  input.addEventListener("change", () => {
    add(view, input.files);
    input.value = "";
    field.focus();
  });
  const button = iconButton("attach", t("attach"), () => input.click(), { "data-testid": "attach" });
  return h("span", { class: "attach" }, button, input);
}

function add(view, files) {
  const room = MOST_FILES - view.items.length;
  if (files.length > room) toast(t("tooMany"));
  for (const file of [...files].slice(0, room)) {
    const address = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
    view.items.push({ file, address });
  }
  draw(view);
}

function clear(view) {
  for (const { address } of view.items) if (address) URL.revokeObjectURL(address);
  view.items = [];
  view.form = "media";
  draw(view);
}

function draw(view) {
  view.tray.hidden = view.items.length === 0;
  const choice = h(
    "select",
    { class: "form", testid: "form", "aria-label": t("form") },
    FORMS.map(([form, words]) => h("option", { value: form, selected: form === view.form }, t(words))),
  );
  choice.addEventListener("change", () => {
    view.form = choice.value;
  });
  fill(
    view.tray,
    h(
      "ul",
      { class: "items", "aria-label": t("draftFiles") },
      view.items.map((item) => entry(view, item)),
    ),
    choice,
  );
  view.changed();
}

function entry(view, item) {
  const thumbnail = item.address
    ? h("img", { src: item.address, alt: item.file.name })
    : h("span", { class: "face" }, icon("file"), h("small", {}, size(item.file.size)));
  const remove = () => {
    if (item.address) URL.revokeObjectURL(item.address);
    view.items = view.items.filter((each) => each !== item);
    draw(view);
  };
  return h(
    "li",
    { testid: "attachment", title: item.file.name },
    thumbnail,
    iconButton("close", `${t("removeAttachment")} ${item.file.name}`, remove, { class: "icon-button remove" }),
  );
}

/** Accept files that are dropped anywhere on the conversation. */
function acceptDrops(conversation, view) {
  const target = h(
    "div",
    { class: "drop-target", "aria-hidden": "true" },
    icon("picture"),
    h("span", {}, t("dropHere")),
  );
  conversation.addEventListener("dragover", (event) => {
    if (!openChat() || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (!target.isConnected) conversation.append(target);
  });
  conversation.addEventListener("dragleave", (event) => {
    if (!conversation.contains(event.relatedTarget)) target.remove();
  });
  conversation.addEventListener("drop", (event) => {
    event.preventDefault();
    target.remove();
    if (openChat()) add(view, event.dataTransfer.files);
  });
}

/** Offer the samples. The first word of a name is its role: content-cat.jpg is a content, style-waves.png a style. */
function offerSamples(view) {
  const sampleButton = (name) => {
    const [role, ...rest] = name.replace(/\.[^.]+$/, "").split("-");
    const label = `${t(role)}: ${rest.join(" ") || role}`;
    const take = () =>
      attempt(async () => {
        const bytes = await (await fetch(`/page/samples/${encodeURIComponent(name)}`)).blob();
        add(view, [new File([bytes], name, { type: bytes.type })]);
      });
    return h(
      "button",
      {
        type: "button",
        class: `sample ${role}`,
        testid: "sample",
        "data-name": name,
        "aria-label": label,
        title: label,
        onclick: take,
      },
      h("img", { src: `/page/samples/${encodeURIComponent(name)}`, alt: "", loading: "lazy" }),
    );
  };
  fill(view.samples, h("span", { class: "samples-title" }, t("samples")), state.samples.map(sampleButton));
}
