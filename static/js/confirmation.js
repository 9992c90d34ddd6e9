// Asks once, in a dialog, before something is sent that cannot be undone. Without script the server asks: with a page, or
// with a box to tick, which is what this script ticks.
const askedOf = (form, submitter) => {
  if (submitter?.dataset.confirm) return submitter.dataset.confirm;
  const box = form.querySelector("input[data-confirm]");
  if (!box || box.checked) return "";
  return form.elements[box.dataset.confirmField]?.value === box.dataset.confirmValue ? box.dataset.confirm : "";
};

const confirmForm = (form, submitter) => {
  const box = form.querySelector("input[data-confirm]");
  if (box) {
    box.checked = true;
  } else {
    const confirmed = document.createElement("input");
    Object.assign(confirmed, { type: "hidden", name: "confirmed", value: "on" });
    form.append(confirmed);
  }
  form.dataset.isConfirmed = "";
  form.requestSubmit(submitter);
};

const dialogButton = (words, css, act) => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: css, textContent: words });
  button.addEventListener("click", act);
  return button;
};

// The words of the button that was pressed, without its key: who confirms reads again what will be done.
const actOf = (submitter) =>
  [...(submitter?.childNodes ?? [])].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join("").trim();

const ask = (words, form, submitter) => {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm-dialog";
  dialog.setAttribute("aria-label", "请确认");
  const question = document.createElement("p");
  question.textContent = words;
  const buttons = document.createElement("div");
  buttons.className = "form-buttons";
  const confirm = dialogButton(actOf(submitter) || "确认", "btn btn-danger", () => {
    dialog.close();
    confirmForm(form, submitter);
  });
  buttons.append(confirm, dialogButton("取消", "btn btn-outline-secondary", () => dialog.close()));
  dialog.append(question, buttons);
  dialog.addEventListener("close", () => {
    dialog.remove();
    submitter?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  confirm.focus();
};

// Before any other script hears of it, so that nothing is disabled or remembered as sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const words = "isConfirmed" in form.dataset ? "" : askedOf(form, event.submitter);
  delete form.dataset.isConfirmed;
  if (!words) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(words, form, event.submitter);
}, true);

// A key that is held down must not answer the question that it has raised.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.target.closest("dialog") && (event.key === "Enter" || event.key === " ")) event.preventDefault();
}, true);

for (const box of document.querySelectorAll("input[data-confirm]")) box.closest(".field").hidden = true;
