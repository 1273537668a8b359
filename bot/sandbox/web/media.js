// Pictures, animations and files inside a message.

import { fileAddress } from "./api.js";
import { h, icon } from "./dom.js";
import { size, t } from "./words.js";
import { openViewer, sourceOf } from "./viewer.js";

/** The address of what the viewer can show of a message, or null. */
export function pictureOf(message) {
  if (message.photo) return fileAddress(message.photo.at(-1).file_id);
  const { document: file, sticker } = message;
  if (sticker && !sticker.is_animated && !sticker.is_video) return fileAddress(sticker.file_id);
  if (file && !message.animation && /^image\/(jpeg|png|webp)$/.test(file.mime_type)) return fileAddress(file.file_id);
  return null;
}

/** The media of one message, or null. */
export function mediaOf(message) {
  if (message.photo) return photo(message);
  if (message.animation) return animation(message.animation);
  if (message.video) return video(message.video);
  if (message.sticker) return sticker(message);
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

/** Offered for what shows the same as the picture that it answers: a strip or a sheet of pictures has other sides. */
function compareMark(message) {
  const source = message.from.is_bot && sourceOf(message);
  if (!source || Math.abs(1 - ratio(message) / ratio(source)) > 0.04) return null;
  return h("button", { type: "button", class: "compare-mark", testid: "compare", onclick: () => openViewer(message, true) },
    icon("compare"), h("span", {}, t("compare")));
}

/** Width by height, as far as a message says them: an image sent as a file by its thumbnail. */
function ratio({ photo: sizes, document: file, sticker: still }) {
  const { width, height } = sizes?.at(-1) ?? still ?? file.thumbnail;
  return width / height;
}

function veiled(frame) {
  const veil = h("button", { type: "button", class: "veil", testid: "spoiler", "aria-label": t("spoiler"), onclick: () => veil.remove() });
  return h("div", { class: "frame" }, frame, veil);
}

function animation({ file_id: id, mime_type: mime, width, height }) {
  if (mime.startsWith("video/")) return loop(id, { class: "animation", testid: "animation", "aria-label": t("animation"), width, height });
  return h("img", { src: fileAddress(id), class: "animation", alt: t("animation"), testid: "animation", width, height });
}

/** A film without sound that plays by itself, again and again. */
function loop(id, props) {
  const film = h("video", { src: fileAddress(id), autoplay: true, loop: true, playsinline: true, ...props });
  film.muted = true; // the attribute alone does not let it play by itself
  return film;
}

function video({ file_id: id, thumbnail, width, height }) {
  const poster = thumbnail && fileAddress(thumbnail.file_id);
  return h("video", { src: fileAddress(id), poster, controls: true, preload: "metadata", playsinline: true, class: "animation", testid: "video", "aria-label": t("video"), width, height });
}

/** A sticker stands by itself, without a bubble; a moving one of Telegram's own format shows its emoji. */
function sticker(message) {
  const { file_id: id, width, height, is_video: moves, is_animated: animated, emoji } = message.sticker;
  const label = `${t("sticker")} ${emoji ?? ""}`.trim();
  if (animated) return h("span", { class: "sticker emoji", role: "img", "aria-label": label, testid: "sticker" }, emoji ?? "🎨");
  if (moves) return loop(id, { class: "sticker", testid: "sticker", "aria-label": label, width, height });
  const picture = h("img", { src: fileAddress(id), alt: label, width, height, draggable: "false" });
  return h("button", { type: "button", class: "sticker", testid: "sticker", onclick: () => openViewer(message) }, picture);
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
