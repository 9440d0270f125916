// Whether a page can be read and touched by old eyes and broad fingers: axe, no sideways scrolling, targets large enough.
import AxeBuilder from "@axe-core/playwright";

/** The smallest height of a target, in CSS pixels, that is let through. The design aims at 48. */
const LEAST_TARGET = 44;

/** Everything that axe minds on the page as it stands, as lines that say where. */
export async function mindedByAxe(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `axe ${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
}

/** Whatever scrolls sideways, lies over something else or is too small to be touched on the page as it stands, as lines that say where. */
export function outOfMeasure(page) {
  // The width that was asked for: a page that overflows makes the layout viewport of a phone wider, and would fit itself.
  const { width } = page.viewportSize();
  return page.evaluate(measure, { width, least: LEAST_TARGET });
}

function measure({ width, least }) {
  const faults = [];
  const name = (element) => `<${element.localName} class="${element.className}"> “${element.textContent.trim().slice(0, 20)}”`;
  const scrolled = document.scrollingElement.scrollWidth;
  if (scrolled > width) {
    faults.push(`scrolls sideways: ${scrolled} px wide on ${width} px`);
    for (const element of document.querySelectorAll("body *")) {
      const { right } = element.getBoundingClientRect();
      if (right > width + 1 && !element.children.length) faults.push(`sticks out to ${Math.round(right)} px: ${name(element)}`);
    }
  }
  for (const element of document.querySelectorAll("body *")) {
    // Words wider than their box lie over what stands beside it.
    const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const { overflowX, fontSize } = getComputedStyle(element);
    const boxed = words && overflowX === "visible" && element.checkVisibility() && element.clientWidth > 0;
    // A closing mark ends a line that only its ink fits into; some Chromiums count the blank half of it, which stands outside.
    const blank = /[）」』】》〉”、。，；：！？]/.test(element.textContent) ? parseFloat(fontSize) / 2 : 0;
    if (boxed && element.scrollWidth > element.clientWidth + 1 + blank)
      faults.push(`words ${element.scrollWidth} px wide in ${element.clientWidth} px: ${name(element)}`);
  }
  // Words in a column so narrow that a line has no more than two characters: something has put them beside their place.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const length = text.data.trim().length;
    if (length < 6 || !text.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
    if (lines * 2 >= length) faults.push(`words squeezed into ${lines} lines: ${name(text.parentElement)}`);
  }
  // What is typed into a field that does not say which it is would be lost: see src/ui/kit/field.rs.
  for (const field of document.querySelectorAll("input:not([type=file]), textarea:not([readonly]), select, [contenteditable]"))
    if (!field.dataset.field) faults.push(`a field that keeps nothing: ${field.outerHTML.slice(0, 80)}`);
  // What a field of one line holds, or gives as an example, is in sight as a whole.
  for (const field of document.querySelectorAll("input[type=text], input[type=search], input:not([type])")) {
    const { value } = field;
    field.value ||= field.placeholder;
    if (field.checkVisibility() && field.scrollWidth > field.clientWidth + 1)
      faults.push(`“${field.value}” ${field.scrollWidth} px wide in a field of ${field.clientWidth} px`);
    field.value = value;
  }
  for (const element of document.querySelectorAll("a[href], button, summary, input, select, textarea, [role=checkbox]")) {
    const style = getComputedStyle(element);
    // A link among the words of a sentence is as high as its line.
    if (!element.checkVisibility({ checkVisibilityCSS: true }) || style.display === "inline") continue;
    const { height } = element.getBoundingClientRect();
    if (height < least) faults.push(`a target only ${Math.round(height)} px high: ${name(element)}`);
  }
  return faults;
}
