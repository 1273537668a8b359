// The picture viewer: zoom, drag, the chat's other pictures, and a result compared with its source.

import { fileAddress } from "./api.js";
import { fill, h, iconButton } from "./dom.js";
import { pictureOf, sourceOf } from "./pictures.js";
import { state } from "./store.js";
import { t } from "./words.js";

const LARGEST_ZOOM = 8;

/** Show the picture of a message; with `comparing`, over its source with a slider between them. */
export function openViewer(message, comparing = false) {
  const box = h("dialog", { class: "viewer", testid: "viewer", "aria-label": t("photo") });
  const view = { box, message, comparing, zoom: 1, x: 0, y: 0 };
  document.body.append(box);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("keydown", (event) => onKey(view, event));
  draw(view);
  box.showModal();
}

function draw(view) {
  Object.assign(view, { zoom: 1, x: 0, y: 0 });
  const { message } = view;
  const source = sourceOf(message);
  const stage = view.comparing && source ? comparison(source, message) : single(view);
  const file = message.photo?.at(-1) ?? message.document ?? message.sticker;
  fill(
    view.box,
    stage,
    h(
      "div",
      { class: "viewer-bar" },
      h("span", { class: "viewer-title" }, message.caption ?? message.from.first_name),
      source &&
        iconButton(
          "compare",
          t("compare"),
          () => {
            view.comparing = !view.comparing;
            draw(view);
          },
          { "aria-pressed": String(view.comparing), "data-testid": "viewer-compare" },
        ),
      iconButton("minus", t("zoomOut"), () => zoom(view, 1 / 1.4)),
      iconButton("plus", t("zoomIn"), () => zoom(view, 1.4), { "data-testid": "zoom-in" }),
      h(
        "a",
        { class: "icon-button text", href: fileAddress(file.file_id), download: file.file_name ?? "photo.jpg" },
        t("download"),
      ),
      iconButton("close", t("close"), () => view.box.close(), { "data-testid": "viewer-close", autofocus: true }),
    ),
  );
}

function single(view) {
  const picture = h("img", {
    src: pictureOf(view.message),
    alt: view.message.caption ?? t("photo"),
    class: "viewer-picture",
    draggable: "false",
    testid: "viewer-picture",
  });
  const stage = h("div", { class: "stage", onclick: (event) => event.target === stage && view.box.close() }, picture);
  view.picture = picture;
  sizeOnLoad(picture);
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(view, event.deltaY < 0 ? 1.15 : 1 / 1.15);
    },
    { passive: false },
  );
  picture.addEventListener("dblclick", () => zoom(view, view.zoom > 1 ? 1 / view.zoom : 2.5));
  picture.addEventListener("pointerdown", (event) => drag(view, event));
  return stage;
}

/** Tell the style sheet the picture's aspect ratio and largest width: three times its own. */
function sizeOnLoad(picture) {
  picture.addEventListener("load", () => {
    picture.style.setProperty("--ratio", String(picture.naturalWidth / picture.naturalHeight));
    picture.style.setProperty("--most", `${picture.naturalWidth * 3}px`);
  });
}

/** Source and result over one another; the slider moves the line that divides them. */
function comparison(source, result) {
  const after = h("img", { src: pictureOf(result), alt: t("after"), class: "viewer-picture", draggable: "false" });
  const before = h("img", { src: pictureOf(source), alt: t("before"), class: "before", draggable: "false" });
  const line = h("span", { class: "divider", "aria-hidden": "true" });
  const slider = h("input", {
    type: "range",
    min: "0",
    max: "100",
    step: "0.5",
    value: "50",
    class: "slider",
    "aria-label": t("compare"),
    testid: "slider",
  });
  const pair = h(
    "div",
    { class: "pair" },
    after,
    before,
    line,
    h("span", { class: "side left" }, t("before")),
    h("span", { class: "side right" }, t("after")),
    slider,
  );
  const move = () => pair.style.setProperty("--divider", `${slider.value}%`);
  slider.addEventListener("input", move);
  sizeOnLoad(after);
  move();
  return h("div", { class: "stage" }, pair);
}

function zoom(view, factor) {
  view.zoom = Math.min(LARGEST_ZOOM, Math.max(1, view.zoom * factor));
  if (view.zoom === 1) Object.assign(view, { x: 0, y: 0 });
  transform(view);
}

/** Apply zoom and offset to the picture. */
function transform({ picture, zoom: scale, x, y }) {
  if (!picture) return;
  picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  picture.dataset.zoom = scale.toFixed(2);
}

function drag(view, start) {
  const from = { x: view.x - start.clientX, y: view.y - start.clientY };
  const move = (event) => {
    if (view.zoom === 1) return;
    Object.assign(view, { x: from.x + event.clientX, y: from.y + event.clientY });
    transform(view);
  };
  const stop = () => {
    view.picture.removeEventListener("pointermove", move);
    view.picture.removeEventListener("pointerup", stop);
  };
  view.picture.setPointerCapture(start.pointerId);
  view.picture.addEventListener("pointermove", move);
  view.picture.addEventListener("pointerup", stop);
}

/** Show the next (`by` 1) or previous (`by` -1) picture of the chat, if there is one. */
function step(view, by) {
  const shown = state.messages.filter((each) => pictureOf(each));
  const index = shown.findIndex((each) => each.message_id === view.message.message_id);
  const next = shown[index + by];
  if (!next) return;
  Object.assign(view, { message: next, comparing: false });
  draw(view);
}

function onKey(view, event) {
  if (event.target.type === "range") return;
  const actions = {
    ArrowLeft: () => step(view, -1),
    ArrowRight: () => step(view, 1),
    "+": () => zoom(view, 1.4),
    "=": () => zoom(view, 1.4),
    "-": () => zoom(view, 1 / 1.4),
    0: () => zoom(view, 1 / view.zoom),
  };
  actions[event.key]?.();
}
