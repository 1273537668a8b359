// Builds elements. Strings become text nodes, so nothing that a user typed is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with properties and children. A property is an attribute, a listener (`onclick`) or `testid`, which becomes
 * `data-testid`. A property or child that is null, undefined or false is left out.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "testid") element.dataset.testid = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const PATHS = {
  attach: "M21 11.5l-8.6 8.6a5.5 5.5 0 0 1-7.8-7.8l9-9a3.7 3.7 0 0 1 5.2 5.2l-8.9 8.9a1.8 1.8 0 0 1-2.6-2.6l8-8",
  send: "M4 12L3 4l18 8-18 8 1-8zm0 0h9",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  reply: "M10 8V4l-7 7 7 7v-4c5 0 8 1.5 11 5-1-7-5-11-11-11z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  edit: "M4 20l1-5L16 4l4 4L9 19l-5 1z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 14c1 2 2.5 3 4 3s3-1 4-3M9 9.5h.01M15 9.5h.01",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6.5 9c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .8 3.2 2.6 3.5 5.5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  arrows: "M4 8h13l-4-4M20 16H7l4 4",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5h.01",
  compare: "M12 3v18M8 7l-5 5 5 5M16 7l5 5-5 5",
  slash: "M15 4L9 20",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 3",
  topic: "M5 4h14v12h-8l-4 4v-4H5z",
};

/** A line icon. It is hidden from screen readers: the control around it has the label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    class: `icon icon-${name}`,
    "aria-hidden": "true",
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A round button with an icon; the label is its tooltip and its name for screen readers. */
export function iconButton(name, label, onclick, props = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props },
    icon(name),
  );
}

/** A round picture with the first letter of a name; the id chooses the colour. */
export function avatar(id, name, small = false) {
  const letters = [...(name || "?")].slice(0, 1).join("").toUpperCase();
  return h(
    "span",
    { class: `avatar tone-${Math.abs(id) % 6}${small ? " small" : ""}`, "aria-hidden": "true" },
    letters,
  );
}

/** Replace the children of an element; null, undefined and false are left out. */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
}
