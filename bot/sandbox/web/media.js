// Pictures, animations and files inside a message.

import { fileAddress } from "./api.js";
import { h, icon } from "./dom.js";
import { size, t } from "./words.js";
import { openViewer, sourceOf } from "./viewer.js";

/** The address of what the viewer can show of a message, or null. */
export function pictureOf(message) {
  if (message.photo) return fileAddress(message.photo.at(-1).file_id);
  const { document: file } = message;
  if (file && !message.animation && /^image\/(jpeg|png|webp)$/.test(file.mime_type)) return fileAddress(file.file_id);
  return null;
}

/** The media of one message, or null. */
export function mediaOf(message) {
  if (message.photo) return photo(message);
  if (message.animation) return animation(message.animation);
  return message.document ? documentCard(message) : null;
}

function photo(message) {
  const { width, height, file_id: id } = message.photo.at(-1);
  const picture = h("img", { src: fileAddress(id), width, height, alt: `${t("photoOf")} ${message.from.first_name}`, testid: "photo", draggable: "false" });
  const frame = h("button", { type: "button", class: "photo", onclick: () => openViewer(message) }, picture);
  frame.style.setProperty("--ratio", String(width / height));
  frame.style.setProperty("--wide", `${Math.min(width, 420)}px`);
  if (!message.has_media_spoiler) return h("div", { class: "frame" }, frame, compareMark(message));
  return veiled(frame);
}

function compareMark(message) {
  if (!message.from.is_bot || !sourceOf(message)) return null;
  return h("button", { type: "button", class: "compare-mark", testid: "compare", onclick: () => openViewer(message, true) },
    icon("compare"), h("span", {}, t("compare")));
}

function veiled(frame) {
  const veil = h("button", { type: "button", class: "veil", testid: "spoiler", "aria-label": t("spoiler"), onclick: () => veil.remove() });
  return h("div", { class: "frame" }, frame, veil);
}

function animation({ file_id: id, mime_type: mime, width, height }) {
  const sides = width && height ? { width, height } : {};
  if (mime === "video/mp4") {
    const film = h("video", { src: fileAddress(id), autoplay: true, loop: true, playsinline: true, class: "animation", "aria-label": t("animation"), ...sides });
    film.muted = true;
    return film;
  }
  return h("img", { src: fileAddress(id), class: "animation", alt: t("animation"), testid: "animation", ...sides });
}

function documentCard(message) {
  const { file_id: id, file_name: name, file_size: bytes, thumbnail } = message.document;
  const face = thumbnail
    ? h("button", { type: "button", class: "doc-face", "aria-label": name, onclick: () => openViewer(message) },
        h("img", { src: fileAddress(thumbnail.file_id), alt: "" }))
    : h("span", { class: "doc-face" }, icon("file"));
  return h("div", { class: "document", testid: "document" }, face,
    h("span", { class: "doc-lines" }, h("strong", {}, name), h("small", {}, size(bytes))),
    h("a", { class: "icon-button", href: fileAddress(id), download: name, "aria-label": `${t("download")} ${name}` }, icon("download")));
}
