// Turns a text with entities into nodes. Offsets and lengths count UTF-16 units, as JavaScript strings do.

import { h } from "./dom.js";
import { t } from "./words.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const SAFE_SCHEMES = /^(https?|tg|mailto|tel):/i;

/** The nodes of a text; `onCommand` is called with the text of a bot command that is clicked. */
export function richText(text, entities = [], onCommand = () => {}) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return part(text, 0, text.length, sorted, onCommand);
}

/** The nodes of text[start:end]; `entities` are sorted, so that an entity stands before those inside it. */
function part(text, start, end, entities, onCommand) {
  const nodes = [];
  let position = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const from = Math.max(entity.offset, position);
    const to = Math.min(entity.offset + entity.length, end);
    index += 1;
    if (to <= from) continue;
    const inner = [];
    while (index < entities.length && entities[index].offset < to) inner.push(entities[index++]);
    if (from > position) nodes.push(text.slice(position, from));
    nodes.push(element(entity, text.slice(from, to), part(text, from, to, inner, onCommand), onCommand));
    position = to;
  }
  if (position < end) nodes.push(text.slice(position, end));
  return nodes;
}

function element(entity, words, children, onCommand) {
  const { type } = entity;
  if (type in TAGS) return h(TAGS[type], {}, children);
  if (type === "text_link" || type === "url") return link(entity.url ?? words, children);
  if (type === "email") return link(`mailto:${words}`, children);
  if (type === "spoiler") return spoiler(children);
  if (type === "bot_command") {
    return h("button", { type: "button", class: "command", onclick: () => onCommand(words) }, children);
  }
  return h("span", { class: "mention" }, children);
}

function link(address, children) {
  if (!SAFE_SCHEMES.test(address)) return h("span", {}, children);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

function spoiler(children) {
  const hidden = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler") }, children);
  const show = () => {
    hidden.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) hidden.removeAttribute(name);
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return hidden;
}
