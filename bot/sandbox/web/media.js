// The media of a message: photos, animations, videos, stickers and files.

import { fileAddress } from "./api.js";
import { h, icon } from "./dom.js";
import { sourceOf } from "./pictures.js";
import { openViewer } from "./viewer.js";
import { size, t } from "./words.js";

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
  const picture = h("img", {
    src: fileAddress(id),
    width,
    height,
    alt: `${t("photoOf")} ${message.from.first_name}`,
    testid: "photo",
    draggable: "false",
  });
  const frame = h("button", { type: "button", class: "photo", onclick: () => openViewer(message) }, picture);
  frame.style.setProperty("--ratio", String(width / height));
  frame.style.setProperty("--wide", `${Math.min(width, 420)}px`);
  if (!message.has_media_spoiler) return h("div", { class: "frame" }, frame, compareButton(message));
  return covered(frame);
}

/**
 * The button that compares a result with its source. It is offered only where their aspect ratios agree within 4 %: a
 * contact sheet of several pictures cannot lie over one picture.
 */
function compareButton(message) {
  const source = message.by_bot && sourceOf(message);
  if (!source || Math.abs(1 - ratio(message) / ratio(source)) > 0.04) return null;
  return h(
    "button",
    { type: "button", class: "compare-button", testid: "compare", onclick: () => openViewer(message, true) },
    icon("compare"),
    h("span", {}, t("compare")),
  );
}

/** Width divided by height; of an image that was sent as a file, those of its thumbnail. */
function ratio({ photo: sizes, document: file, sticker: still }) {
  const { width, height } = sizes?.at(-1) ?? still ?? file.thumbnail;
  return width / height;
}

/** A photo under a cover that a click removes. */
function covered(frame) {
  const cover = h("button", {
    type: "button",
    class: "spoiler-cover",
    testid: "spoiler",
    "aria-label": t("spoiler"),
    onclick: () => cover.remove(),
  });
  return h("div", { class: "frame" }, frame, cover);
}

function animation({ file_id: id, mime_type: mime, width, height }) {
  if (mime.startsWith("video/"))
    return loop(id, { class: "animation", testid: "animation", "aria-label": t("animation"), width, height });
  return h("img", {
    src: fileAddress(id),
    class: "animation",
    alt: t("animation"),
    testid: "animation",
    width,
    height,
  });
}

/** A video without sound that plays by itself in a loop. */
function loop(id, props) {
  const element = h("video", { src: fileAddress(id), autoplay: true, loop: true, playsinline: true, ...props });
  element.muted = true; // set as an attribute by a script, it would not permit autoplay
  return element;
}

function video({ file_id: id, thumbnail, width, height }) {
  const poster = thumbnail && fileAddress(thumbnail.file_id);
  return h("video", {
    src: fileAddress(id),
    poster,
    controls: true,
    preload: "metadata",
    playsinline: true,
    class: "animation",
    testid: "video",
    "aria-label": t("video"),
    width,
    height,
  });
}

/** A sticker. Of an animated one (TGS, which browsers cannot play) only the emoji is shown. */
function sticker(message) {
  const { file_id: id, width, height, is_video: isVideo, is_animated: isAnimated, emoji } = message.sticker;
  const label = `${t("sticker")} ${emoji ?? ""}`.trim();
  if (isAnimated)
    return h("span", { class: "sticker emoji", role: "img", "aria-label": label, testid: "sticker" }, emoji ?? "🎨");
  if (isVideo) return loop(id, { class: "sticker", testid: "sticker", "aria-label": label, width, height });
  const picture = h("img", { src: fileAddress(id), alt: label, width, height, draggable: "false" });
  return h(
    "button",
    { type: "button", class: "sticker", testid: "sticker", onclick: () => openViewer(message) },
    picture,
  );
}

function documentCard(message) {
  const { file_id: id, file_name: name, file_size: bytes, thumbnail } = message.document;
  const face = thumbnail
    ? h(
        "button",
        { type: "button", class: "doc-face", "aria-label": name, onclick: () => openViewer(message) },
        h("img", { src: fileAddress(thumbnail.file_id), alt: "" }),
      )
    : h("span", { class: "doc-face" }, icon("file"));
  return h(
    "div",
    { class: "document", testid: "document" },
    face,
    h("span", { class: "doc-lines" }, h("strong", {}, name), h("small", {}, size(bytes))),
    h(
      "a",
      { class: "icon-button", href: fileAddress(id), download: name, "aria-label": `${t("download")} ${name}` },
      icon("download"),
    ),
  );
}
