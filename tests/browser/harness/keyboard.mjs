// Whoever works by the keyboard alone: the Tab key comes to everything that can be pressed or filled in, and shows where it is.

/** What the Tab key does not come to on this page, or comes to without its being seen. */
export async function mindedByKeyboard(page) {
  const wanted = await page.evaluate(() => {
    const reached = (element) => {
      if (element.type !== "radio" || element.checked) return true;
      // Of buttons that exclude one another Tab comes to one: the chosen, or the first.
      const group = [...document.querySelectorAll("input[type=radio]")].filter(({ name, form }) => name === element.name && form === element.form);
      return !group.some(({ checked }) => checked) && group[0] === element;
    };
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((element) => !element.disabled && element.checkVisibility() && !element.closest("details:not([open]) > :not(summary)") && reached(element));
    for (const [number, element] of all.entries()) element.dataset.stop = number;
    document.activeElement?.blur();
    return all.map((element) => (element.innerText || element.name || element.tagName).trim().slice(0, 20));
  });
  const [minded, seen] = [[], new Set()];
  // A date has a stop for each of its parts.
  for (let press = 0; press < wanted.length * 4 + 4 && seen.size < wanted.length; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element?.dataset.stop) return null;
      const { top, bottom } = element.getBoundingClientRect();
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { number: Number(element.dataset.stop), isSeen: bottom > 0 && top < innerHeight, isShown: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
    });
    if (!at || seen.has(at.number)) continue;
    seen.add(at.number);
    if (!at.isSeen) minded.push(`Tab leads out of sight: ${wanted[at.number]}`);
    if (!at.isShown) minded.push(`focus does not show: ${wanted[at.number]}`);
  }
  for (const [number, name] of wanted.entries()) if (!seen.has(number)) minded.push(`Tab does not come to: ${name}`);
  return minded;
}
