// The list of commands (setMyCommands) that match what is being typed.

import { fill, h, iconButton } from "./dom.js";
import { t } from "./words.js";

/** Build the list for a text field and the button that opens it; `run` sends a command. */
export function startCompletion(field, run) {
  const list = h("ul", {
    class: "completion",
    id: "completion",
    role: "listbox",
    "aria-label": t("commands"),
    hidden: true,
    testid: "completion",
  });
  const view = { list, field, run, commands: [], found: [], chosen: 0, naming: false };
  field.setAttribute("aria-controls", "completion");
  field.setAttribute("aria-autocomplete", "list");
  const button = iconButton(
    "slash",
    t("commands"),
    () => {
      field.value = field.value === "/" ? "" : "/";
      field.dispatchEvent(new Event("input"));
      field.focus();
    },
    { "data-testid": "commands" },
  );
  view.button = button;
  return {
    list,
    button,
    refresh: (commands, isPrivate) => refresh(view, commands, isPrivate),
    onKey: (event) => onKey(view, event),
  };
}

function refresh(view, commands, isPrivate) {
  view.commands = commands;
  view.naming = !isPrivate;
  view.button.hidden = commands.length === 0;
  const typed = /^\/(\w*)$/.exec(view.field.value)?.[1];
  view.found = typed === undefined ? [] : commands.filter((each) => each.command.startsWith(typed.toLowerCase()));
  view.chosen = Math.min(view.chosen, Math.max(0, view.found.length - 1));
  draw(view);
}

function draw(view) {
  view.list.hidden = view.found.length === 0;
  fill(
    view.list,
    view.found.map((each, index) =>
      h(
        "li",
        {
          id: `command-${index}`,
          role: "option",
          testid: "command-option",
          "aria-selected": String(index === view.chosen),
          onmousedown: (event) => {
            event.preventDefault();
            choose(view, index);
          },
        },
        h("strong", {}, `/${each.command}`),
        h("span", {}, each.description),
      ),
    ),
  );
  if (view.found.length) view.field.setAttribute("aria-activedescendant", `command-${view.chosen}`);
  else view.field.removeAttribute("aria-activedescendant");
}

/** In a group the command names its bot, so that only this bot answers. */
function choose(view, index) {
  const { command, bot } = view.found[index];
  view.found = [];
  draw(view);
  view.run(view.naming ? `/${command}@${bot}` : `/${command}`);
}

/** Handle a key while the list is open; returns whether it was used. */
function onKey(view, event) {
  if (view.found.length === 0) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) view.chosen = (view.chosen + step + view.found.length) % view.found.length;
  else if (event.key === "Tab") {
    view.field.value = `/${view.found[view.chosen].command} `;
    view.found = [];
  } else if (event.key === "Enter" && !event.shiftKey) choose(view, view.chosen);
  else if (event.key === "Escape") view.found = [];
  else return false;
  event.preventDefault();
  draw(view);
  return true;
}
