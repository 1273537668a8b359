// Files that wait to be sent: chosen, dropped, pasted, or taken from the samples.

import { fill, h, icon, iconButton } from "./dom.js";
import { attempt, toast } from "./notices.js";
import { on, openChat, state } from "./store.js";
import { size, t } from "./words.js";

const MOST = 10;
const FORMS = [["media", "media"], ["spoiler", "asSpoiler"], ["file", "asFile"], ["sticker", "asSticker"]];

/** Build the tray, the button and the samples; `changed` is called after every change. */
export function startAttachments(conversation, field, changed) {
  const tray = h("div", { class: "tray", hidden: true, testid: "tray" });
  const input = h("input", { type: "file", multiple: true, hidden: true, testid: "file-input", tabindex: "-1", "aria-hidden": "true" });
  const button = h("span", { class: "attach" }, iconButton("attach", t("attach"), () => input.click(), { "data-testid": "attach" }), input);
  const samples = h("div", { class: "samples", hidden: true, testid: "samples", role: "group", "aria-label": t("samples") });
  const box = { tray, samples, items: [], form: "media", changed };
  input.addEventListener("change", () => {
    add(box, input.files);
    input.value = "";
    field.focus();
  });
  acceptDrops(conversation, box);
  field.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    add(box, event.clipboardData.files);
  });
  on("begun", () => offerSamples(box));
  return { tray, button, samples, files: () => box.items.map((item) => item.file), form: () => box.form, clear: () => clear(box), add: (files) => add(box, files) };
}

function add(box, files) {
  const room = MOST - box.items.length;
  if (files.length > room) toast(t("tooMany"));
  for (const file of [...files].slice(0, room)) {
    const address = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
    box.items.push({ file, address });
  }
  draw(box);
}

function clear(box) {
  for (const { address } of box.items) if (address) URL.revokeObjectURL(address);
  box.items = [];
  box.form = "media";
  draw(box);
}

function draw(box) {
  box.tray.hidden = box.items.length === 0;
  const choice = h("select", { class: "form", testid: "form", "aria-label": t("form") },
    FORMS.map(([form, words]) => h("option", { value: form, selected: form === box.form }, t(words))));
  choice.addEventListener("change", () => { box.form = choice.value; });
  fill(box.tray,
    h("ul", { class: "items", "aria-label": t("draftFiles") }, box.items.map((item) => entry(box, item))),
    choice);
  box.changed();
}

function entry(box, item) {
  const face = item.address ? h("img", { src: item.address, alt: item.file.name }) : h("span", { class: "face" }, icon("file"), h("small", {}, size(item.file.size)));
  const remove = () => {
    if (item.address) URL.revokeObjectURL(item.address);
    box.items = box.items.filter((each) => each !== item);
    draw(box);
  };
  return h("li", { testid: "attachment", title: item.file.name }, face,
    iconButton("close", `${t("remove_attachment")} ${item.file.name}`, remove, { class: "icon-button remove" }));
}

/** Files may be dropped anywhere on the conversation. */
function acceptDrops(conversation, box) {
  const veil = h("div", { class: "drop-veil", "aria-hidden": "true" }, icon("picture"), h("span", {}, t("dropHere")));
  conversation.addEventListener("dragover", (event) => {
    if (!openChat() || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (!veil.isConnected) conversation.append(veil);
  });
  conversation.addEventListener("dragleave", (event) => {
    if (!conversation.contains(event.relatedTarget)) veil.remove();
  });
  conversation.addEventListener("drop", (event) => {
    event.preventDefault();
    veil.remove();
    if (openChat()) add(box, event.dataTransfer.files);
  });
}

/** Sample pictures by the first word of their name: "content-cat.jpg" is a content, "style-waves.png" a style. */
function offerSamples(box) {
  const one = (name) => {
    const [role, ...rest] = name.replace(/\.[^.]+$/, "").split("-");
    const label = `${t(role)}: ${rest.join(" ") || role}`;
    const take = () => attempt(async () => {
      const bytes = await (await fetch(`/page/samples/${encodeURIComponent(name)}`)).blob();
      add(box, [new File([bytes], name, { type: bytes.type })]);
    });
    return h("button", { type: "button", class: `sample ${role}`, testid: "sample", "data-name": name, "aria-label": label, title: label, onclick: take },
      h("img", { src: `/page/samples/${encodeURIComponent(name)}`, alt: "", loading: "lazy" }));
  };
  fill(box.samples, h("span", { class: "samples-title" }, t("samples")), state.samples.map(one));
}
