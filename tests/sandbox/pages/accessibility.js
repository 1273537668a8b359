// Checks after WCAG 2.2 AA: names (4.1.2), alternatives (1.1.1), contrast (1.4.3), ids (4.1.1), headings and landmarks.
() => {
  const said = [];
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const modal = document.querySelector("dialog[open]");
  const scope = modal ?? document.body;
  const describe = (element) => `<${element.tagName.toLowerCase()} class="${element.className}">`;
  const name = (element) => {
    const by = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(" ");
    const inside = element.textContent + [...element.querySelectorAll("img")].map((image) => image.alt).join(" ");
    return [by, element.getAttribute("aria-label"), labels, element.tagName === "INPUT" || element.tagName === "TEXTAREA" ? "" : inside].join(" ").trim();
  };
  const parse = (color) => {
    const numbers = color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    const scale = color.startsWith("color(") ? 255 : 1;
    return [...numbers.slice(0, 3).map((each) => each * scale), numbers[3] ?? 1];
  };
  const over = (top, under) => top.slice(0, 3).map((each, index) => each * top[3] + under[index] * (1 - top[3])).concat(1);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((each) => { const c = each / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (style.backgroundImage.includes("gradient") && each.classList.contains("avatar")) return null;
      layers.push(parse(style.backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  for (const element of scope.querySelectorAll("button, a[href], input, textarea, select, [role=button], summary")) {
    if (seen(element) && !name(element)) said.push(`${describe(element)} has no name`);
  }
  for (const image of scope.querySelectorAll("img")) if (!image.hasAttribute("alt")) said.push(`${describe(image)} has no alternative`);
  for (const element of scope.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!own || !seen(element) || element.closest("[disabled], [aria-hidden=true], option, .spoiler:not(.shown)")) continue;
    const under = ground(element);
    if (!under) continue;
    const style = getComputedStyle(element);
    if (style.filter !== "none") continue;
    const [a, b] = [light(over(parse(style.color), under)), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) said.push(`${describe(element)} "${element.textContent.trim().slice(0, 30)}" has a contrast of ${ratio.toFixed(2)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) said.push(`the id ${id} is not unique`);
  if (!document.documentElement.lang) said.push("the page has no language");
  if (!document.title) said.push("the page has no title");
  if (document.querySelectorAll("main").length !== 1) said.push("the page has not exactly one main part");
  if (modal && !name(modal)) said.push("the dialog has no name");
  for (const element of scope.querySelectorAll("[tabindex]")) if (Number(element.getAttribute("tabindex")) > 0) said.push(`${describe(element)} breaks the order of focus`);
  return said;
}
