// Keeps long texts that are being typed on this computer, so that they survive a closed window. A draft is offered to
// the user; it never replaces the stored text by itself.
const draftPrefix = "rectify-draft:";
const sentKey = "rectify-sent"; // the key of the draft whose form was sent last, until the next page tells the result

const draftKey = (area) => `${draftPrefix}${location.pathname}${location.search}#${area.name}`;

// A draft is removed only when the next page reports success: not after a refusal, nor at the page to sign in again.
const removeSavedDrafts = () => {
  const sent = sessionStorage.getItem(sentKey);
  if (sent && document.querySelector(".message-success")) {
    const form = sent.slice(0, sent.lastIndexOf("#"));
    for (const key of Object.keys(localStorage)) if (key.startsWith(`${form}#`)) localStorage.removeItem(key);
  }
  sessionStorage.removeItem(sentKey);
};

const draftButton = (label, act) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-secondary";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
};

const offerDraft = (area, draft) => {
  const bar = document.createElement("p");
  bar.className = "draft-bar";
  bar.setAttribute("role", "status");
  const close = () => {
    bar.remove();
    area.focus();
  };
  const restore = draftButton("恢复草稿", () => {
    area.value = draft;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  });
  const discard = draftButton("丢弃", () => {
    localStorage.removeItem(draftKey(area));
    close();
  });
  bar.append("这台电脑上留有一份没有保存的草稿。 ", restore, " ", discard, " ");
  area.after(bar);
};

removeSavedDrafts();
for (const area of document.querySelectorAll("textarea")) {
  if (!area.form?.matches("[data-draft]")) continue; // also one that stands elsewhere on the page and names the form
  const draft = localStorage.getItem(draftKey(area));
  if (draft !== null && draft !== area.value) offerDraft(area, draft);
  area.addEventListener("input", () => {
    try { localStorage.setItem(draftKey(area), area.value); } catch { /* a full store costs the draft only */ }
  });
  area.form.addEventListener("submit", () => sessionStorage.setItem(sentKey, draftKey(area)));
}
