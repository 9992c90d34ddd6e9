// The work sheet of a measure while it is being filled in: says what is not saved and what the report still lacks, with
// typed text and waiting files counted. The server checks the same when the form arrives.
const isFilled = (field) => Boolean(field?.value.trim());
const isTyped = (form, field) => Boolean(field) && (field.value !== field.defaultValue || ("unsaved" in form.dataset && isFilled(field)));

const followSheet = (form) => {
  const field = (name) => form.elements.namedItem(name);
  const [text, outcome, day] = ["text", "outcome", "completed_on"].map(field);
  const details = ["percent_complete", "reason_open", "next_step"].map(field);
  const files = form.querySelector("input[type=file]");
  const [pending, lacks, button] = ["pending", "lacks", "report"].map((name) => form.querySelector(`[data-${name}]`));
  const checks = [...document.querySelectorAll("[data-check]")];
  const allMet = document.querySelector("[data-checks-met]");
  const preview = document.querySelector("[data-preview]");
  let stored = Number(form.querySelector("[data-evidence-total]")?.dataset.evidenceTotal ?? 0);

  const findPending = () => [
    isFilled(text) && "进展 1 条",
    isTyped(form, outcome) && "成效",
    isTyped(form, day) && "完成日期",
    details.some((one) => isTyped(form, one)) && "进度和未完成原因",
    files.files.length > 0 && `材料 ${files.files.length} 份`,
  ].filter(Boolean);

  // For each requirement of the checklist the sentence against it, empty when it is met.
  const against = {
    outcome: (missing) => {
      if (!isFilled(outcome)) return missing;
      const found = JSON.parse(preview.dataset.unfinished).find((words) => outcome.value.includes(words));
      return found ? preview.dataset.goingOn.replace("{}", found) : "";
    },
    day: (missing) => {
      if (!day.value) return missing;
      return day.value > form.dataset.sheet ? "完成日期不能在今天之后。" : "";
    },
    evidence: (missing) => (stored + files.files.length ? "" : missing),
  };
  const wordsWhenMet = (check) => {
    const waiting = files.files.length;
    if (check.dataset.check !== "evidence" || !waiting) return check.dataset.words;
    return `佐证材料 ${stored + waiting} 份（含待保存 ${waiting} 份）`;
  };

  const showChecks = () => {
    const open = checks.filter((check) => {
      const sentence = against[check.dataset.check](check.dataset.missing);
      const [state, words] = check.children;
      check.className = sentence ? "check-open" : "check-met";
      state.textContent = sentence ? "还缺：" : "已有：";
      words.textContent = sentence || wordsWhenMet(check);
      return sentence;
    });
    if (allMet) allMet.hidden = open.length > 0;
    if (!lacks) return;
    lacks.hidden = open.length === 0;
    lacks.querySelector("span").textContent = open.map((check) => check.dataset.noun).join("、");
    button.setAttribute("aria-disabled", String(open.length > 0));
  };

  const show = () => {
    const parts = findPending();
    pending.hidden = parts.length === 0;
    pending.querySelector("[data-pending-parts]").textContent = parts.join("、");
    showChecks();
  };

  const focusOnLack = () => {
    const first = checks.find((check) => check.classList.contains("check-open"));
    ({ outcome, day, evidence: files })[first?.dataset.check]?.focus();
  };

  form.addEventListener("files-sent", () => { stored += files.files.length; });
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  // Before any other script hears of it: nothing is sent by a button that says what is missing.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.submitter !== button || button?.getAttribute("aria-disabled") !== "true") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    focusOnLack();
  }, true);
  show();
};

for (const form of document.querySelectorAll("form[data-sheet]")) followSheet(form);
