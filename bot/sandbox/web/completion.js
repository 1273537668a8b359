// Commands as the person types them, from the bot's setMyCommands.

import { fill, h, iconButton } from "./dom.js";
import { t } from "./words.js";

/** Build the list over the field; `run` sends a command. */
export function startCompletion(field, run) {
  const list = h("ul", { class: "completion", id: "completion", role: "listbox", "aria-label": t("commands"), hidden: true, testid: "completion" });
  const box = { list, field, run, commands: [], found: [], chosen: 0, named: false };
  field.setAttribute("aria-controls", "completion");
  field.setAttribute("aria-autocomplete", "list");
  const button = iconButton("slash", t("commands"), () => {
    field.value = field.value === "/" ? "" : "/";
    field.dispatchEvent(new Event("input"));
    field.focus();
  }, { "data-testid": "commands" });
  box.button = button;
  return { list, button, refresh: (commands, plain) => refresh(box, commands, plain), onKey: (event) => onKey(box, event) };
}

function refresh(box, commands, plain) {
  box.commands = commands;
  box.named = !plain && new Set(commands.map((each) => each.bot)).size > 0;
  box.button.hidden = commands.length === 0;
  const typed = /^\/(\w*)$/.exec(box.field.value)?.[1];
  box.found = typed === undefined ? [] : commands.filter((each) => each.command.startsWith(typed.toLowerCase()));
  box.chosen = Math.min(box.chosen, Math.max(0, box.found.length - 1));
  draw(box);
}

function draw(box) {
  box.list.hidden = box.found.length === 0;
  fill(box.list, box.found.map((each, index) =>
    h("li", {
      id: `command-${index}`, role: "option", testid: "command-option", "aria-selected": String(index === box.chosen),
      onmousedown: (event) => { event.preventDefault(); choose(box, index); },
    }, h("strong", {}, `/${each.command}`), h("span", {}, each.description))));
  if (box.found.length) box.field.setAttribute("aria-activedescendant", `command-${box.chosen}`);
  else box.field.removeAttribute("aria-activedescendant");
}

/** In groups the name of the bot goes along, so that the right one answers. */
function choose(box, index) {
  const { command, bot } = box.found[index];
  box.found = [];
  draw(box);
  box.run(box.named ? `/${command}@${bot}` : `/${command}`);
}

/** Whether the list took the key. */
function onKey(box, event) {
  if (box.found.length === 0) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) box.chosen = (box.chosen + step + box.found.length) % box.found.length;
  else if (event.key === "Tab") {
    box.field.value = `/${box.found[box.chosen].command} `;
    box.found = [];
  } else if (event.key === "Enter" && !event.shiftKey) choose(box, box.chosen);
  else if (event.key === "Escape") box.found = [];
  else return false;
  event.preventDefault();
  draw(box);
  return true;
}
