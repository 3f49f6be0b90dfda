const FLASH_MS = 1_600;

/** Brings a line into sight and lets it stand out for a moment; false when it is not on the page. */
export function jumpTo(id: string): boolean {
  const element = document.getElementById(id);
  if (element === null) return false;
  standOut(element);
  return true;
}

/** Leads to the words in the case; false when its texts no longer have them. */
export function jumpToWords(root: HTMLElement, words: string): boolean {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    if (!node.nodeValue?.includes(words) || node.parentElement === null) continue;
    standOut(node.parentElement);
    return true;
  }
  return false;
}

function standOut(element: HTMLElement): void {
  element.scrollIntoView({ block: "center", behavior: "smooth" });
  element.classList.add("hr-flash");
  setTimeout(() => element.classList.remove("hr-flash"), FLASH_MS);
}
