// The keys of a record's page: e opens 修改, c goes to the box of a comment, [ and ] to the record before and after.
const isTyping = (target) => target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName);

const openMenu = () => {
  const label = document.querySelector(".finding-acts .menu > summary, .page-actions .menu > summary");
  if (!label) return;
  label.parentElement.open = true;
  label.focus();
};

const ACTS = {
  e: openMenu,
  c: () => document.querySelector("[data-comment] textarea")?.focus(),
  "[": () => document.querySelector("a[rel=prev]")?.click(),
  "]": () => document.querySelector("a[rel=next]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || isTyping(event.target)) return;
  const act = ACTS[event.key];
  if (!act || document.querySelector("dialog[open]")) return;
  event.preventDefault(); // else the letter is typed into the box
  act();
});
